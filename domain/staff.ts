/** What a member of staff may do, as the claim `roles` of their token names it (policy S3). */
export const STAFF_ROLES = ['privacy', 'operator', 'auditor'] as const;
export type StaffRole = (typeof STAFF_ROLES)[number];

/** On what ground two members of staff say that a request is the person's own. */
export const VERIFY_REASONS = [
  'called back on the number',
  'seen in the account',
  'came in person',
  'legal guardian',
  'court order',
] as const;
export type VerifyReason = (typeof VERIFY_REASONS)[number];

/** Why a request may be refused; the person reads these words on their status page (policy D6). */
export const REFUSAL_REASONS = [
  'we cannot tell whose data it is',
  'it is about somebody else',
  'it repeats another request without need',
  'the law requires us to keep it',
] as const;
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** Why somebody may not be forgotten yet; the person reads these words too (policy U4). */
export const HOLD_REASONS = [
  'legal claim',
  'court order',
  'order of an authority',
  'duty to keep records',
] as const;
export type HoldReason = (typeof HOLD_REASONS)[number];

/** What two members of staff decide about a request. */
export const REQUEST_DECISIONS = ['verify', 'refuse'] as const;
export type RequestDecision = (typeof REQUEST_DECISIONS)[number];

/** The words in which a person reads that a hold keeps their data. */
export function holdWords({ until, reason }: { until: Date; reason: string }): string {
  return `held until ${until.toISOString()}: ${reason}`;
}
