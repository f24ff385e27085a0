import fc from 'fast-check';
import { LANGUAGES } from '../../domain/assistant.ts';
import type { Language } from '../../domain/assistant.ts';
import { recogniseCommand } from '../../domain/chat-command.ts';
import type { ChatCommand } from '../../domain/chat-command.ts';

const commandIn = (text: string, languages: readonly Language[] = LANGUAGES) =>
  recogniseCommand(text, languages)?.command ?? null;

test.each<[Language, Record<ChatCommand, string[]>]>([
  [
    'en',
    {
      stop: ['stop', 'unsubscribe'],
      start: ['start'],
      human: ['human', 'agent'],
      'my data': ['my data'],
      'delete my data': ['delete my data', 'forget me'],
    },
  ],
  [
    'de',
    {
      stop: ['stopp', 'abmelden'],
      start: ['starten'],
      human: ['Mensch', 'Mitarbeiterin'],
      'my data': ['meine Daten'],
      'delete my data': ['meine Daten löschen', 'Lösche meine Daten'],
    },
  ],
  [
    'es',
    {
      stop: ['baja', 'parar'],
      start: ['alta', 'reanudar'],
      human: ['humano', 'hablar con una persona'],
      'my data': ['mis datos'],
      'delete my data': ['borrar mis datos', 'olvídame'],
    },
  ],
  [
    'fr',
    {
      stop: ['arrêter', 'désabonner'],
      start: ['reprendre'],
      human: ['humain', 'parler à quelqu’un'],
      'my data': ['mes données'],
      'delete my data': ['supprimer mes données', 'oubliez-moi'],
    },
  ],
  [
    'pt',
    {
      stop: ['parar', 'sair'],
      start: ['começar'],
      human: ['atendente', 'falar com uma pessoa'],
      'my data': ['os meus dados'],
      'delete my data': ['apagar os meus dados', 'esqueça-me'],
    },
  ],
])('in %s each command is understood, where the language is spoken', (language, words) => {
  for (const [command, texts] of Object.entries(words)) {
    for (const text of texts)
      expect({ text, command: commandIn(text, [language]) }).toEqual({ text, command });
  }
});

test.each([
  'STOP',
  'Stop.',
  ' stop!! ',
  '"Stop"',
  '🛑 STOP 🛑',
  '*stop*',
  'ＳＴＯＰ',
  'STOP STOP stop!',
  'stop\n',
  '\u200bstop',
])('%j is STOP', (text) => {
  expect(commandIn(text, ['en'])).toBe('stop');
});

test.each([
  'LOESCHE'.toLowerCase(),
  'losche meine daten',
  'LÖSCHE MEINE DATEN!',
  'lo\u0308sche meine Daten',
])('accents and case do not matter: %j', (text) => {
  expect(commandIn(text, ['de'])).toBe(text === 'loesche' ? null : 'delete my data');
});

test.each([
  "don't stop",
  'Please do not stop the order',
  'stop by the shop',
  'Where is the bus stop?',
  'When do you start?',
  'Is there a human I can talk to tomorrow?',
  'my data plan',
  'how do I delete my data from the app?',
  'une personne',
  'weiter',
  'Résumé',
  'alto',
  'stop it, start again',
  'st op',
  '🛑',
  '...',
  '',
])('%j is no command', (text) => {
  expect(commandIn(text)).toBeNull();
});

test('English is understood everywhere, another language only where it is configured', () => {
  expect(commandIn('STOP', ['de'])).toBe('stop');
  expect(commandIn('delete my data', ['pt'])).toBe('delete my data');
  expect(commandIn('borrar mis datos', ['de'])).toBeNull();
});

test('the answer is in the language of the word', () => {
  expect(recogniseCommand('humano', ['de', 'pt', 'es'])).toEqual({
    command: 'human',
    language: 'pt',
  });
  expect(recogniseCommand('Mensch', ['es', 'de'])).toEqual({ command: 'human', language: 'de' });
  expect(recogniseCommand('STOP', ['es', 'de'])).toEqual({ command: 'stop', language: 'en' });
});

test('no signs around a command change it, and no word beside it leaves it one', () => {
  const sign = fc.constantFrom(' ', '!', '.', '…', '\n', '👍', '¡', '"', '—', '❤️');
  const signs = fc.array(sign, { maxLength: 5 }).map((all) => all.join(''));
  const word = fc.constantFrom('not', 'the', 'my', '5', 'x');
  fc.assert(
    fc.property(signs, signs, (before, after) =>
      expect(commandIn(`${before}stop${after}`)).toBe('stop'),
    ),
  );
  fc.assert(
    fc.property(word, (other) =>
      expect([commandIn(`${other} stop`), commandIn(`stop ${other}`)]).toEqual([null, null]),
    ),
  );
});
