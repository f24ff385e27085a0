/** The promises of the published policy, by the ids that code, tests and docs use. */
export const PROMISES = [
  'C1', 'C2', 'C3', 'C4',
  'U1', 'U2', 'U3', 'U4',
  'T1', 'N1', 'R1', 'R2',
  'S1', 'S2', 'S3', 'S4',
  'M1', 'K1',
  'G1', 'G2', 'G3', 'G4', 'G5', 'G6',
  'V1', 'X1',
  'D1', 'D2', 'D3', 'D4', 'D5', 'D6', 'D7',
] as const; // prettier-ignore
export type PromiseId = (typeof PROMISES)[number];
