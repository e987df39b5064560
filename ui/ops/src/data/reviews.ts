// What the screen of reviews reads, and what the shop does with them.
import type { Review, ReviewAnswer, ReviewApproval, ReviewList, ReviewRejection } from "@sesame/shared/api/types";
import { usePages, useWrite } from "./queries";

const REFRESH_MS = 15_000;

/** The queue, or all reviews. */
export const useReviews = (view: "queue" | "all") => usePages<ReviewList>("reviews", "/reviews", { view }, { refreshMs: REFRESH_MS });

export type ReviewAct = { act: "approve"; body: ReviewApproval } | { act: "reject"; body: ReviewRejection } | { act: "answer"; body: ReviewAnswer };

/** A decision about a review, as it was looked at: another version is refused. */
export const useReviewStep = (id: string) => useWrite<ReviewAct, Review>(({ act, body }) => ({ method: "POST", path: `/reviews/${id}/${act}`, body }));
