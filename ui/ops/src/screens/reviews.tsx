// What buyers say: those that wait or were reported first, each with what the shop may do with it.
import { Button, Group, Modal, SegmentedControl, Stack, Text, Textarea, Title } from "@mantine/core";
import type { Review } from "@sesame/shared/api/types";
import { IconBan, IconCheck, IconClock, IconEyeOff, IconFlag, type Icon } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { API } from "../data/api";
import { useReviews, useReviewStep, type ReviewAct } from "../data/reviews";
import { navigate, useRoute } from "../data/router";
import { useTexts } from "../i18n";
import { Link, Mark, More } from "../parts/bits";
import { Empty, Loading, NotLoaded, Refused } from "../parts/errors";

const REASON_CHARS_MAX = 500;
const ANSWER_CHARS_MAX = 2000;

const STATES: Record<Review["state"], [`reviews.${Review["state"]}`, "plain" | "positive" | "warning" | "danger", Icon]> = {
  waiting: ["reviews.waiting", "warning", IconClock],
  shown: ["reviews.shown", "positive", IconCheck],
  rejected: ["reviews.rejected", "danger", IconBan],
  withdrawn: ["reviews.withdrawn", "plain", IconEyeOff],
};

export function Reviews() {
  const { t } = useTexts();
  const { search } = useRoute();
  const view = search.get("view") === "all" ? "all" : "queue";
  const query = useReviews(view);
  return (
    <Stack maw={860}>
      <Group justify="space-between">
        <Title order={1} size="h2">
          {t("nav.reviews")}
        </Title>
        <SegmentedControl
          aria-label={t("reviews.view")}
          value={view}
          onChange={(value) => navigate(value === "all" ? "/reviews?view=all" : "/reviews")}
          data={[
            { value: "queue", label: t("reviews.queue") },
            { value: "all", label: t("reviews.all") },
          ]}
        />
      </Group>
      {query.isPending ? (
        <Loading rows={4} height={140} />
      ) : query.error && query.items.length === 0 ? (
        <NotLoaded error={query.error} retry={() => void query.refetch()} />
      ) : query.items.length === 0 ? (
        <Empty title={t(view === "queue" ? "reviews.none_waiting" : "reviews.none")} />
      ) : (
        query.items.map((review) => <One key={review.id} review={review} />)
      )}
      <More query={query} />
    </Stack>
  );
}

function One({ review }: { review: Review }) {
  const { t, local, moment } = useTexts();
  const [state, tone, icon] = STATES[review.state];
  return (
    <article className="card" aria-label={local(review.product_title)} style={{ cursor: "default" }}>
      <Group justify="space-between" align="start">
        <Text fw={600} className="wrap" style={{ minWidth: 0 }}>
          {local(review.product_title) || review.product}
        </Text>
        <Group gap="xs">
          {review.reports > 0 && (
            <Mark tone="danger" icon={IconFlag}>
              {t("reviews.reports", { count: review.reports })}
            </Mark>
          )}
          <Mark tone={tone} icon={icon}>
            {t(state)}
          </Mark>
        </Group>
      </Group>
      <Text size="sm" c="dimmed">
        <bdi>{review.name || t("reviews.nameless")}</bdi> · {moment(review.updated_at)} · <Link to={`/orders/${review.order}`}>{t("reviews.order")}</Link>
      </Text>
      <Text role="img" aria-label={t("reviews.stars", { stars: review.stars })} c="var(--color-warning-text)">
        {"★".repeat(review.stars)}
        {"☆".repeat(5 - review.stars)}
      </Text>
      {review.title && (
        <Text fw={600} dir="auto" className="wrap">
          {review.title}
        </Text>
      )}
      {review.text && (
        <Text dir="auto" className="wrap" style={{ whiteSpace: "pre-line", overflow: "hidden" }}>
          {review.text}
        </Text>
      )}
      <Photos review={review} />
      {review.reason && (
        <Text size="sm" dir="auto" className="wrap">
          {t("reviews.reason")}: {review.reason}
        </Text>
      )}
      {review.answer && (
        <Text size="sm" dir="auto" className="wrap" style={{ whiteSpace: "pre-line" }}>
          {t("reviews.answer")}: {review.answer}
        </Text>
      )}
      {review.state !== "withdrawn" && <Acts review={review} />}
    </article>
  );
}

function Photos({ review }: { review: Review }) {
  const { t } = useTexts();
  if (review.photos.length === 0) return null;
  const address = (photo: string) => `${API}/reviews/${review.id}/photos/${photo}`;
  return (
    <Group gap="xs">
      {review.photos.map((photo, at) => (
        <a key={photo} href={address(photo)} target="_blank" rel="noreferrer">
          <img className="picture" width={96} height={96} style={{ objectFit: "cover" }} src={`${address(photo)}?size=small`} alt={t("reviews.photo", { n: at + 1 })} loading="lazy" />
        </a>
      ))}
    </Group>
  );
}

function Acts({ review }: { review: Review }) {
  const { t } = useTexts();
  const step = useReviewStep(review.id);
  const [writing, write] = useState<"reject" | "answer" | null>(null);
  const isSettled = review.state === "shown" && review.reports === 0;
  return (
    <Stack gap="xs" mt="xs">
      <Refused error={step.error} />
      <Group gap="xs">
        {!isSettled && (
          <Button h={44} loading={step.isPending} onClick={() => step.mutate({ act: "approve", body: { version: review.version } })}>
            {t(review.state === "shown" ? "reviews.keep" : "reviews.approve")}
          </Button>
        )}
        {review.state !== "rejected" && (
          <Button h={44} variant="default" onClick={() => write("reject")}>
            {t("reviews.reject")}
          </Button>
        )}
        <Button h={44} variant="default" onClick={() => write("answer")}>
          {t("reviews.write_answer")}
        </Button>
      </Group>
      <Modal opened={writing !== null} onClose={() => write(null)} title={t(writing === "reject" ? "reviews.reject" : "reviews.write_answer")} closeButtonProps={{ "aria-label": t("common.close") }}>
        {writing && <Words key={writing} act={writing} review={review} onDone={() => write(null)} />}
      </Modal>
    </Stack>
  );
}

function Words({ act, review, onDone }: { act: "reject" | "answer"; review: Review; onDone: () => void }) {
  const { t } = useTexts();
  const [text, setText] = useState(act === "answer" ? review.answer : "");
  const step = useReviewStep(review.id);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const { version } = review;
    const sent: ReviewAct = act === "reject" ? { act, body: { version, reason: text } } : { act, body: { version, text } };
    step.mutate(sent, { onSuccess: onDone });
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <Textarea
          label={t(act === "reject" ? "reviews.reason" : "reviews.answer")}
          description={t(act === "reject" ? "reviews.reason_hint" : "reviews.answer_hint")}
          required={act === "reject"}
          maxLength={act === "reject" ? REASON_CHARS_MAX : ANSWER_CHARS_MAX}
          autosize
          minRows={3}
          dir="auto"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Refused error={step.error} />
        <Button type="submit" h={44} loading={step.isPending} color={act === "reject" ? "red" : undefined}>
          {t(act === "reject" ? "reviews.reject" : "reviews.save_answer")}
        </Button>
      </Stack>
    </form>
  );
}
