import fc from 'fast-check';
import { mailboxOf, PROVIDERS } from '../../domain/mailbox.ts';

test.each([
  ['letter case', 'a.person@example.com', 'A.Person@EXAMPLE.com'],
  ['a tag', 'person@example.com', 'person+tag+more@example.com'],
  ['dots at Gmail', 'aperson@gmail.com', 'a.p.e.r.s.o.n@gmail.com'],
  ["Gmail's other name", 'person@gmail.com', 'per.son+x@googlemail.com'],
  ["Apple's other names", 'person@icloud.com', 'person+x@me.com'],
  ["Proton's other names", 'person@proton.me', 'person@pm.me'],
  ['separators at Proton', 'aperson@pm.me', 'a.per-son@protonmail.com'],
  ["Yandex's other names", 'person@yandex.ru', 'person@ya.ru'],
  ['a subdomain at Fastmail', 'person@fastmail.com', 'anything@person.fastmail.com'],
  ["Yahoo's tag", 'base@yahoo.com', 'base-shop@yahoo.com'],
  ['a domain in its own script', 'person@bücher.example', 'person@xn--bcher-kva.example'],
  ['a dot after the domain', 'person@example.com', 'person@example.com.'],
])('P-D6 %s makes no other mailbox', (_, one, other) => {
  expect(mailboxOf(other)).toBe(mailboxOf(one));
});

test.each([
  ['dots elsewhere', 'aperson@example.com', 'a.person@example.com'],
  ['a hyphen elsewhere', 'base@example.com', 'base-shop@example.com'],
  ['another name', 'one@gmail.com', 'two@gmail.com'],
  ['another domain', 'person@example.com', 'person@example.org'],
  ['a domain that ends alike', 'person@gmail.com', 'person@notgmail.com'],
  ['a name that is all tag', '+one@example.com', '+two@example.com'],
])('%s makes another mailbox', (_, one, other) => {
  expect(mailboxOf(other)).not.toBe(mailboxOf(one));
});

test('P-D6 no tag, case and dot of anybody at Gmail makes a second mailbox of one', () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9]{2,10}$/);
  const tag = fc.stringMatching(/^[a-z0-9.+-]{0,12}$/);
  const dots = fc.array(fc.boolean(), { minLength: 12, maxLength: 12 });
  fc.assert(
    fc.property(name, tag, dots, fc.boolean(), (plain, after, where, isLoud) => {
      const dotted = [...plain].map((letter, n) => (where[n] && n > 0 ? `.${letter}` : letter));
      const address = `${dotted.join('')}${after === '' ? '' : `+${after}`}@googlemail.com`;
      expect(mailboxOf(isLoud ? address.toUpperCase() : address)).toBe(`${plain}@gmail.com`);
    }),
  );
});

test('each provider at which addresses are one mailbox says where that can be read', () => {
  for (const { source } of PROVIDERS) expect(source).toMatch(/^https:\/\//);
});
