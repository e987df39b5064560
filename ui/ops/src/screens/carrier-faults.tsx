// The bad lines of tables that were refused.
import { Text } from "@mantine/core";
import type { ApiError } from "../data/api";
import { useTexts } from "../i18n";
import { Refused } from "../parts/errors";

type Fault = { file: string; line: number; column: string; reason: string };

function faultsOf(error: ApiError | null): Fault[] {
  if (error?.code !== "import_invalid") return [];
  const files = error.details.files as { name: string; errors: Omit<Fault, "file">[] }[] | undefined;
  return files?.flatMap((file) => file.errors.map((fault) => ({ ...fault, file: file.name }))) ?? [];
}

const FAULTS_SHOWN = 20;

/** Why tables were refused: line by line, or as a whole. */
export function Faults({ error }: { error: ApiError | null }) {
  const { t } = useTexts();
  const faults = faultsOf(error);
  if (faults.length === 0) return <Refused error={error} />;
  return (
    <div role="alert">
      <Text fw={600}>{t("carriers.faults", { count: faults.length })}</Text>
      <ul style={{ margin: 0, paddingInlineStart: "1.2em" }}>
        {faults.slice(0, FAULTS_SHOWN).map(({ file, line, column, reason }) => (
          <li key={`${file} ${line} ${column} ${reason}`} className="wrap">
            <span className="mono">{file} </span>
            {line > 0 && `${t("carriers.line", { line })} `}
            {column && <span className="mono">{column} </span>}
            {reason}
          </li>
        ))}
      </ul>
    </div>
  );
}
