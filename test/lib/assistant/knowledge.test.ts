import { createKnowledge } from '../../../lib/assistant/knowledge.ts';
import type { Knowledge } from '../../../lib/assistant/knowledge.ts';
import { loadAssistant } from '../../../lib/assistant/load-assistant.ts';

let sample: Knowledge;
beforeAll(async () => {
  sample = (await loadAssistant('assistant/assistant.yaml')).knowledge;
});

test.each([
  ['When do you open on Sunday?', 'Opening hours'],
  ['are you open on public holidays', 'Opening hours > Public holidays'],
  ['How much is a croissant?', 'Bread and prices > Pastries and prices'],
  ['what does a sourdough loaf cost', 'Bread and prices'],
  ['Do you deliver to my home?', 'Delivery'],
  ['can I get a cake shipped abroad', 'Delivery > Shipping'],
  ['Is there anything gluten free?', 'Allergens'],
  ['is the cinnamon bun vegan', 'Allergens > Vegan and vegetarian'],
  ['Can I pay with a credit card?', 'Payment'],
  ['do you sell gift vouchers', 'Payment > Gift vouchers'],
  ['I want to return a stale loaf and get a refund', 'Returns and refunds'],
  ['Where can I park?', 'Address and contact > Parking and public transport'],
  ['what is your phone number or address', 'Address and contact'],
  ['I need to cancel my cake order', 'Cakes to order > Changing or cancelling an order'],
  ['wedding cake tasting', 'Cakes to order > Wedding cakes'],
  ['are you hiring? looking for a job', 'Baking courses > Jobs'],
  ['can I freeze bread', 'Bread and prices > Storing and freezing'],
  ['flat white with oat milk', 'Bread and prices > Coffee and drinks'],
])('"%s" is answered by the passage about it', (question, title) => {
  expect(sample.search(question, 3)[0]?.title).toBe(title);
});

test.each(['Who won the football match?', '', 'the and of', '🙂', 'a'.repeat(50_000)])(
  'nothing is found where no word is known (question %#)',
  (question) => {
    expect(sample.search(question, 5)).toEqual([]);
  },
);

test('diacritics, case and small spelling mistakes do not matter', () => {
  const knowledge = createKnowledge([
    {
      title: 'Öffnungszeiten',
      text: 'Wir öffnen um acht. Straßenverkauf ab neun.',
      source: 'a.md',
    },
    { title: 'Pão', text: 'Pão de centeio e bolos de aniversário.', source: 'b.md' },
    { title: 'Gâteaux', text: 'Les gâteaux à la crème brûlée.', source: 'c.md' },
  ]);
  const found = (question: string) => knowledge.search(question, 1)[0]?.source;
  expect(found('OFFNUNGSZEITEN')).toBe('a.md');
  expect(found('strassenverkauf')).toBe('a.md');
  expect(found('tem pao?')).toBe('b.md');
  expect(found('bolo de aniversario')).toBe('b.md');
  expect(found('gateau')).toBe('c.md');
  expect(found('creme brulée')).toBe('c.md');
  expect(found('offnungszieten')).toBe('a.md');
});

test('scripts without spaces are cut into words', () => {
  const knowledge = createKnowledge([
    { title: '営業時間', text: '月曜日は休みです。', source: 'a.md' },
    { title: '配達', text: '自転車で配達します。', source: 'b.md' },
  ]);
  expect(knowledge.search('月曜日は開いていますか', 1)[0]?.source).toBe('a.md');
});

test('no more passages come back than asked for, and never more than twenty', () => {
  const many = Array.from({ length: 100 }, (_, i) => ({
    title: `Bread ${i}`,
    text: 'Bread.',
    source: 'a.md',
  }));
  const knowledge = createKnowledge(many);
  expect(knowledge.search('bread', 3)).toHaveLength(3);
  expect(knowledge.search('bread', 1000)).toHaveLength(20);
  expect(knowledge.search('bread', 0)).toEqual([]);
  expect(knowledge.search('bread', -1)).toEqual([]);
});

test('the model is shown everything when everything fits, also for a question in another language', () => {
  expect(sample.select('¿Hacen entregas a domicilio?', 20_000)).toHaveLength(sample.size);
});

test('the model is shown the best passages, within the length asked for, when not everything fits', () => {
  const shown = sample.select('how much is a croissant', 1500);
  expect(shown[0]?.title).toBe('Bread and prices > Pastries and prices');
  expect(shown.length).toBeGreaterThan(1);
  const length = shown.reduce((sum, { title, text }) => sum + title.length + text.length, 0);
  expect(length).toBeLessThanOrEqual(1500);
});
