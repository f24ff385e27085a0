/** How the stand-in model behaves: it answers, answers late, or refuses with a 503. */
export const STAND_IN_MODES = ['as usual', 'slow', 'down'] as const;
export type StandInMode = (typeof STAND_IN_MODES)[number];

/** Where the stand-in is told so, on its own port: POST `{ mode }` sets it, GET reads it. */
export const STAND_IN_CONTROL_PATH = '/simulator-control';
