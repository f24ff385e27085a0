/** The failure type under which Temporal knows that the language model, and not our own software, could not answer. */
export const MODEL_FAILURE = 'ModelFailure';
