// The way in.
import { Button, Center, Group, Paper, PasswordInput, Stack, Text, TextInput, Title, UnstyledButton } from "@mantine/core";
import { LANGUAGES, LANGUAGE_NAMES } from "@sesame/shared/i18n";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { ApiError } from "../data/api";
import { useWrite } from "../data/queries";
import { useTexts } from "../i18n";
import { Refused } from "../parts/errors";

export function SignIn() {
  const { t, language, setLanguage } = useTexts();
  const client = useQueryClient();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const signIn = useWrite<{ email: string; password: string }, unknown>((body) => ({ method: "POST", path: "/session", body }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    signIn.mutate({ email, password }, { onSuccess: (me) => client.setQueryData(["session"], { me }) });
  };
  const isWrong = signIn.error instanceof ApiError && signIn.error.code === "sign_in_failed";
  return (
    <Center mih="100vh" p="md" component="main">
      <Paper withBorder p="xl" radius="md" w="100%" maw={400} bg="var(--color-raised)">
        <form onSubmit={submit}>
          <Stack>
            <div>
              <Text fw={700} size="xl" c="var(--color-accent-text)">
                Sesame
              </Text>
              <Title order={1} size="h3" fw={600}>
                {t("sign_in.title")}
              </Title>
            </div>
            <TextInput label={t("sign_in.email")} type="email" autoComplete="username" required size="md" value={email} onChange={(e) => setEmail(e.currentTarget.value)} error={isWrong} />
            <PasswordInput label={t("sign_in.password")} autoComplete="current-password" required size="md" value={password} onChange={(e) => setPassword(e.currentTarget.value)} error={isWrong} />
            <Refused error={signIn.error} />
            <Button type="submit" size="md" loading={signIn.isPending}>
              {t("sign_in.submit")}
            </Button>
            <Group gap="md" justify="center">
              {LANGUAGES.map((value) => (
                <UnstyledButton key={value} lang={value} onClick={() => setLanguage(value)} aria-pressed={value === language} mih={44} c={value === language ? "var(--color-text)" : "dimmed"} fw={value === language ? 600 : 400}>
                  {LANGUAGE_NAMES[value]}
                </UnstyledButton>
              ))}
            </Group>
          </Stack>
        </form>
      </Paper>
    </Center>
  );
}
