/** The failure type under which Temporal knows that the language model, and not our own software, could not answer. */
export const MODEL_FAILURE = 'ModelFailure';

/** The failure type of a turn whose time passed before the model was asked: our own processes were down. */
export const TURN_INTERRUPTED = 'TurnInterrupted';
