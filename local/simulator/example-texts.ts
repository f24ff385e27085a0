/** First messages to try with one press. */
export const SUGGESTIONS = [
  'When are you open on Saturday?',
  'Do you deliver?',
  'How can I pay?',
  'Can I talk to a human?',
] as const;

/** What a person writes when a button sends for them. */
export const EXAMPLES = {
  twice: 'Are you open tomorrow?',
  burst: ['Hi!', 'I have a question', 'about Saturday', 'When do you open?'],
  /** In the order in which they are written; the second arrives first. */
  outOfOrder: ['One more question.', 'Do you deliver on Sundays?'],
} as const;
