import { LANGUAGES } from '../../domain/assistant.ts';
import { recogniseCommand } from '../../domain/chat-command.ts';
import { CHANNEL_LIMITS } from '../../domain/channels.ts';
import { ATTACHMENT_KINDS, QUIET_KINDS } from '../../domain/events.ts';
import { MESSAGES } from '../../domain/messages.ts';
import { PLEAS } from '../../domain/pleas.ts';

const speaker = { companyName: 'Example Bakery', contactEmail: 'privacy@example.com' };

describe.each(LANGUAGES)('what is said in %s', (language) => {
  const messages = Object.entries(MESSAGES[language]).map(([name, text]) => ({
    name,
    text: text(speaker),
  }));
  const texts = [
    ...messages,
    ...Object.entries(PLEAS[language]).map(([name, text]) => ({ name, text })),
  ];

  test('is short, ends as a sentence and holds nothing unfilled', () => {
    for (const { name, text } of texts) {
      expect({
        name,
        fits: Buffer.byteLength(text) <= CHANNEL_LIMITS.instagram.maximum / 4,
      }).toEqual({ name, fits: true });
      expect({ name, text }).toEqual({
        name,
        text: expect.stringMatching(/^(?!.*(\$\{|undefined|  )).*[.?]$/s),
      });
    }
  });

  test('is said once: no two texts are the same', () => {
    expect(new Set(texts.map(({ text }) => text)).size).toBe(texts.length);
  });

  test('names words that are understood as what it promises', () => {
    const capitals = (name: 'disclosure' | 'stopped') =>
      MESSAGES[language]
        [name](speaker)
        .match(/\b\p{Lu}{4,}\b/gu)
        ?.map((word) => recogniseCommand(word, [language])?.command);
    expect(capitals('disclosure')).toEqual(['human']);
    expect(capitals('stopped')).toEqual(['start']);
  });

  test('says for whom the assistant writes, and where to turn', () => {
    expect(MESSAGES[language].disclosure(speaker)).toContain(speaker.companyName);
    expect(MESSAGES[language].myData(speaker)).toContain(speaker.contactEmail);
  });
});

test('every kind of message is either pleaded with or left in peace', () => {
  const pleaded = Object.keys(PLEAS.en);
  expect([...pleaded, ...QUIET_KINDS].sort()).toEqual([...ATTACHMENT_KINDS].sort());
});

test('people are addressed politely', () => {
  const all = (language: 'de' | 'es' | 'fr' | 'pt') =>
    [
      ...Object.values(MESSAGES[language]).map((text) => text(speaker)),
      ...Object.values(PLEAS[language]),
    ].join('\n');
  expect(all('de')).not.toMatch(/\b(du|dich|dir|dein\w*|euch|euer|schreib|kannst)\b/i);
  expect(all('fr')).not.toMatch(/\b(tu|toi|te|ton|ta|tes|écris|peux-tu)\b/i);
  expect(all('es')).not.toMatch(/\b(tú|ti|tu|tus|te|contigo|puedes)\b/i);
  expect(all('pt')).not.toMatch(/\b(tu|ti|teu|tua|teus|tuas|contigo|podes|você)\b/i);
});
