import { MESSAGES } from '../../domain/messages.ts';
import { CHECKS, checkJournal, documentedDuplicates } from './check-journal.ts';
import type { CheckName } from './check-journal.ts';
import { emptyJournal, replyText } from './journal.ts';
import type { Delivery, Journal, Post, Question } from './journal.ts';

const post = (message: string, at: number, status: number | null = 200): Post => ({
  message,
  writtenAt: at - 1,
  at,
  endedAt: at + 2,
  status,
});
const question = (reply: string, at: number, answers: string[], words = 2): Question => ({
  at,
  reply,
  answers,
  shown: answers,
  words,
});
const delivery = (person: string | null, at: number, text: string): Delivery => ({
  at,
  person,
  text,
  isAnswerLost: false,
});
const fallback = MESSAGES.en.fallback({ companyName: '', contactEmail: '' });

/** Two people: one wrote two messages and got an answer to each, the other one and got an answer in two parts. */
function good(): Journal {
  return {
    ...emptyJournal(['a', 'b']),
    posts: [post('a-1', 0), post('b-1', 5), post('a-2', 30)],
    questions: [
      question('r1', 10, ['a-1']),
      question('r2', 12, ['b-1'], 4),
      { ...question('r3', 40, ['a-2']), shown: ['a-1', 'a-2'] },
    ],
    deliveries: [
      delivery(
        'a',
        20,
        `You are writing with an assistant.\n\n${replyText({ reply: 'r1', words: 2 })}`,
      ),
      delivery('b', 21, 'r2:0 r2:1'),
      delivery('b', 22, 'r2:2 r2:3'),
      delivery('a', 50, replyText({ reply: 'r3', words: 2 })),
    ],
    leftovers: { 'conversations waiting': 0 },
  };
}

/** What the check of this name says of the good journal after the change; no other check may say anything. */
function after(name: CheckName, change: (journal: Journal) => void): string[] {
  const journal = good();
  change(journal);
  const problems = checkJournal(journal);
  expect(problems.filter((line) => !line.startsWith(`${name}: `))).toEqual([]);
  return CHECKS[name](journal);
}

test('a journal in which everything went as promised has nothing against it', () => {
  expect(checkJournal(good())).toEqual([]);
  expect(documentedDuplicates(good())).toBe(0);
});

test('an acknowledged message without an answer is a loss', () => {
  const journal = good();
  journal.deliveries.pop();
  expect(CHECKS['no loss'](journal)).toEqual(['a-2 was acknowledged and never answered']);
});

test('a message that was refused until it was taken counts from then on', () => {
  const problems = after('no loss', (journal) => {
    journal.posts.unshift(post('a-1', -20, 503), post('a-1', -10, null));
  });
  expect(problems).toEqual([]);
});

test('a reply of which the last part is missing is a loss', () => {
  const problems = after('no loss', (journal) => journal.deliveries.splice(2, 1));
  expect(problems).toEqual(['r2 has 4 words, 2 were sent']);
});

test('honest words in place of an answer are no loss', () => {
  const problems = after('no loss', (journal) => {
    for (let n = 3; n < 30; n += 1) {
      journal.posts.push(post(`b-${n}`, 100 + n));
      journal.questions.push(question(`r${n + 10}`, 110 + n, [`b-${n}`]));
      journal.deliveries.push(delivery('b', 200 + n, replyText({ reply: `r${n + 10}`, words: 2 })));
    }
    journal.deliveries[3] = delivery('a', 50, fallback);
  });
  expect(problems).toEqual([]);
});

test('a message that two replies answer had two effects', () => {
  const problems = after('one effect', (journal) => {
    journal.questions.push(question('r4', 41, ['a-2']));
    journal.deliveries.push(delivery('a', 51, replyText({ reply: 'r4', words: 2 })));
  });
  expect(problems).toEqual(['a-2 was answered by r3 and r4']);
});

test('a second reply to a message is no documented duplicate, even when the answer to the first was lost', () => {
  const problems = after('one effect', (journal) => {
    (journal.deliveries[0] as Delivery).isAnswerLost = true;
    journal.questions[2] = question('r3', 40, ['a-1', 'a-2']);
  });
  expect(problems).toEqual(['a-1 was answered by r1 and r3']);
});

test('a text that comes twice although nothing was lost is one too many', () => {
  const problems = after('one effect', (journal) => {
    journal.deliveries.push({ ...journal.deliveries[3], at: 60 } as Delivery);
  });
  expect(problems).toEqual(['a text for a came 2 times (r3)']);
});

test('a text may come once more when the answer to it was lost, and that is counted', () => {
  const journal = good();
  const last = journal.deliveries[3] as Delivery;
  last.isAnswerLost = true;
  journal.deliveries.push({ ...last, at: 60, isAnswerLost: false });
  expect(checkJournal(journal)).toEqual([]);
  expect(documentedDuplicates(journal)).toBe(1);
});

test('a text may come once more when the process that waited for the answer was killed', () => {
  const journal = good();
  journal.deliveries.push({ ...(journal.deliveries[3] as Delivery), at: 60 });
  journal.disruptions.push({ from: 45, to: 55, what: 'kill worker' });
  expect(checkJournal(journal)).toEqual([]);
});

test('a text never comes a third time', () => {
  const problems = after('one effect', (journal) => {
    const last = journal.deliveries[3] as Delivery;
    last.isAnswerLost = true;
    journal.deliveries.push({ ...last, at: 60 }, { ...last, at: 70 });
  });
  expect(problems).toEqual(['a text for a came 3 times (r3)']);
});

test('an answer that overtakes the one before is out of order', () => {
  const problems = after('order', (journal) => {
    const [first, , , last] = journal.deliveries;
    journal.deliveries = [last, ...journal.deliveries.slice(1, 3), first].map(
      (one, n) => ({ ...one, at: 50 + n }) as Delivery,
    );
  });
  expect(problems).toEqual(['a-1 was answered after a-2']);
});

test('messages that the model is given out of order are out of order', () => {
  const problems = after('order', (journal) => {
    journal.posts.push({ ...post('a-3', 31), writtenAt: 8 });
    journal.questions[2] = { ...question('r3', 40, ['a-2', 'a-3']), shown: ['a-1', 'a-2', 'a-3'] };
  });
  expect(problems).toEqual(['r3 was asked for messages out of order']);
});

test('a part that comes before the one that precedes it is out of order', () => {
  const problems = after('order', (journal) => {
    const [one, two, three, four] = journal.deliveries as [Delivery, Delivery, Delivery, Delivery];
    journal.deliveries = [one, three, two, four];
  });
  expect(problems[0]).toBe('a part of r2 begins with word 2 instead of 0');
});

test('a model that sees two people at once breaks their isolation', () => {
  const problems = after('isolation', (journal) => {
    journal.questions[2] = { ...question('r3', 40, ['a-2']), shown: ['b-1', 'a-2'].toReversed() };
  });
  expect(problems).toEqual(['the model was shown a and b for r3']);
});

test('a reply that reaches somebody else breaks isolation', () => {
  const journal = good();
  journal.deliveries[3] = delivery('b', 50, replyText({ reply: 'r3', words: 2 }));
  expect(CHECKS.isolation(journal)).toEqual(['b received the reply to a']);
});

test('words of one person in a text for another break isolation', () => {
  const problems = after('isolation', (journal) => {
    journal.deliveries[3] = delivery('a', 50, `#b-1 ${replyText({ reply: 'r3', words: 2 })}`);
  });
  expect(problems).toEqual(['a received b-1']);
});

test.each([
  [
    'to somebody who never wrote',
    delivery(null, 60, 'hello'),
    'a text went to somebody who never wrote',
  ],
  [
    'that is no answer',
    delivery('a', 60, 'Buy our cakes'),
    'a received words that nobody asked for',
  ],
  ['that no model gave', delivery('a', 60, 'r9:0'), 'a received r9, which no model gave'],
])('a text %s was not asked for', (_what, text, problem) => {
  expect(after('nothing unasked', (journal) => journal.deliveries.push(text))).toEqual([problem]);
});

test('an answer to what was not written yet was not asked for', () => {
  const problems = after('nothing unasked', (journal) => {
    journal.posts[2] = { ...post('a-2', 45), writtenAt: 29 };
  });
  expect(problems).toEqual(['r3 answers a-2, which was not written yet']);
});

test('a reply of the model after a STOP was not asked for, while the word that it is heard was', () => {
  const problems = after('nothing unasked', (journal) => {
    journal.silences.push({ person: 'a', from: 45 });
    journal.deliveries.push(
      delivery('a', 60, MESSAGES.en.stopped({ companyName: '', contactEmail: '' })),
    );
  });
  expect(problems).toEqual(['a received r3 after a STOP']);
});

test('what somebody wrote before a STOP needs no answer', () => {
  const journal = good();
  journal.deliveries.pop();
  journal.silences.push({ person: 'a', from: 45 });
  expect(CHECKS['no loss'](journal)).toEqual([]);
});

test('whatever is left over in a queue is told by its name', () => {
  expect(
    after('queues empty', (journal) => (journal.leftovers = { waiting: 0, unsettled: 3 })),
  ).toEqual(['3 left: unsettled']);
});

test('a run in which little was taken, or little answered by the model, does not count', () => {
  expect(CHECKS['enough went well'](emptyJournal(['a']))).toEqual(['nobody wrote']);
  const refused = good();
  refused.posts[2] = post('a-2', 30, 503);
  expect(CHECKS['enough went well'](refused)).toEqual(['1 of 3 messages were never acknowledged']);
  const fellBack = good();
  fellBack.deliveries[3] = delivery('a', 50, fallback);
  expect(CHECKS['enough went well'](fellBack)).toEqual(['the model answered only 2 of 3 messages']);
});
