import { payloadNames, payloadSources } from './payloads.ts';

test('every recorded webhook has exactly one row that tells its origin and licence', () => {
  const files = (['instagram', 'messenger', 'whatsapp'] as const).flatMap((folder) =>
    payloadNames(folder).map((name) => `${folder}/${name}.json`),
  );
  const sources = payloadSources();
  expect(sources.map(({ file }) => file).toSorted()).toEqual(files.toSorted());
  expect(sources.filter(({ origin, licence }) => origin === '' || licence === '')).toEqual([]);
});
