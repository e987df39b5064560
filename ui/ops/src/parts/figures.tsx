// A table of numbers under a heading; numbers stand to the right.
import { Table, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

type Props = { title: string; hint?: string; heads: string[]; children: ReactNode; minWidth?: number; order?: 2 | 3 };

/** `order` is the heading's level below the page's own. */
export function Figures({ title, hint, heads, children, minWidth = 420, order = 3 }: Props) {
  return (
    <div>
      <Title order={order} size="h5">
        {title}
      </Title>
      {hint && (
        <Text size="sm" c="dimmed">
          {hint}
        </Text>
      )}
      <Table.ScrollContainer minWidth={minWidth} scrollAreaProps={{ viewportProps: { tabIndex: 0, role: "group", "aria-label": title } }}>
        <Table className="figures" aria-label={title}>
          <Table.Thead>
            <Table.Tr>
              {heads.map((head, index) => (
                <Table.Th key={head} ta={index === 0 ? "left" : "right"}>
                  {head}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>{children}</Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </div>
  );
}
