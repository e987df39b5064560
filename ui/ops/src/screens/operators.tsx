// Who may sign in: seen and changed by owners alone.
import { Button, Group, Modal, NativeSelect, PasswordInput, Stack, Switch, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { OperatorEntry, Role } from "@sesame/shared/api/types";
import { IconUserPlus } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { useOperators, useSession, useWrite } from "../data/queries";
import { useTexts } from "../i18n";
import { Loading, NotLoaded, Refused } from "../parts/errors";

const ROLES = ["courier", "hub", "staff", "owner"] as const satisfies Role[];

export function Operators() {
  const { t } = useTexts();
  const query = useOperators(true);
  const me = useSession().data?.me;
  const [isAdding, adding] = useDisclosure(false);
  const change = useWrite<{ id: string; role?: Role; active?: boolean }, OperatorEntry>(({ id, ...body }) => ({ method: "PATCH", path: `/operators/${id}`, body }));
  if (query.isPending) return <Loading rows={2} />;
  if (!query.data) return <NotLoaded error={query.error} retry={() => void query.refetch()} />;
  return (
    <Stack>
      <Refused error={change.error} />
      <Stack gap="md" component="ul" p={0} m={0} style={{ listStyle: "none" }}>
        {query.data.items.map((operator) => {
          const isMe = operator.id === me?.id;
          return (
            <Group key={operator.id} component="li" gap="md">
              <div style={{ flex: "1 1 200px", minWidth: 0 }} className="wrap">
                {operator.name}
                <Text size="sm" c="dimmed">
                  {operator.email}
                </Text>
              </div>
              <NativeSelect size="md" aria-label={t("operators.role_of", { name: operator.name })} disabled={isMe} value={operator.role} onChange={(e) => change.mutate({ id: operator.id, role: e.currentTarget.value as Role })} data={ROLES.map((value) => ({ value, label: t(`role.${value}`) }))} />
              <Switch label={t("operators.active")} disabled={isMe} checked={operator.active} onChange={(e) => change.mutate({ id: operator.id, active: e.currentTarget.checked })} />
            </Group>
          );
        })}
      </Stack>
      <Group>
        <Button variant="default" h={44} leftSection={<IconUserPlus size={18} aria-hidden />} onClick={adding.open}>
          {t("operators.add")}
        </Button>
      </Group>
      <Modal opened={isAdding} onClose={adding.close} title={t("operators.add")} closeButtonProps={{ "aria-label": t("common.close") }}>
        <AddForm onDone={adding.close} />
      </Modal>
    </Stack>
  );
}

function AddForm({ onDone }: { onDone: () => void }) {
  const { t } = useTexts();
  const [operator, setOperator] = useState({ email: "", name: "", role: "staff" as Role, password: "" });
  const add = useWrite<typeof operator, OperatorEntry>((body) => ({ method: "POST", path: "/operators", body }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate(operator, { onSuccess: onDone });
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput label={t("operators.name")} required maxLength={200} value={operator.name} onChange={(e) => setOperator({ ...operator, name: e.currentTarget.value })} />
        <TextInput label={t("sign_in.email")} type="email" required maxLength={254} autoComplete="off" value={operator.email} onChange={(e) => setOperator({ ...operator, email: e.currentTarget.value })} />
        <NativeSelect label={t("operators.role")} description={t(`role_hint.${operator.role}`)} value={operator.role} onChange={(e) => setOperator({ ...operator, role: e.currentTarget.value as Role })} data={ROLES.map((value) => ({ value, label: t(`role.${value}`) }))} />
        <PasswordInput label={t("operators.password")} description={t("password.rule")} required minLength={10} autoComplete="new-password" value={operator.password} onChange={(e) => setOperator({ ...operator, password: e.currentTarget.value })} />
        <Refused error={add.error} />
        <Button type="submit" loading={add.isPending}>
          {t("operators.add")}
        </Button>
      </Stack>
    </form>
  );
}
