import { existsSync, globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { checkoutFile } from './page-tables.ts';

const pages = ['README.md', 'CHANGELOG.md', ...globSync('docs/**/*.md')];

/** The links of a page to files of the checkout, pictures among them, as [path, heading]. */
function localLinks(page: string): [path: string, heading: string][] {
  return [...checkoutFile(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = '']) => link)
    .filter((link) => !/^[a-z]+:/.test(link))
    .map((link) => {
      const [path = '', heading = ''] = link.split('#');
      return [path === '' ? page : join(dirname(page), path), heading];
    });
}

/** The anchors of a page's headings, as GitHub makes them. */
function anchors(page: string): string[] {
  return [...checkoutFile(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

test.each(pages)('every link in %s leads to a file that exists, and to a heading in it', (page) => {
  const links = localLinks(page);
  expect(links.filter(([path]) => !existsSync(path))).toEqual([]);
  const toHeadings = links.filter(([path, heading]) => heading !== '' && path.endsWith('.md'));
  expect(toHeadings.filter(([path, heading]) => !anchors(path).includes(heading))).toEqual([]);
});

test('every page in docs/ is reached from the README', () => {
  const reached = new Set(['README.md']);
  for (const page of reached) {
    for (const [path] of localLinks(page)) {
      if (path.endsWith('.md')) reached.add(path);
      // A link to a folder shows its pages.
      else for (const inFolder of globSync(`${path}/*.md`)) reached.add(inFolder);
    }
  }
  expect(pages.filter((page) => !reached.has(page))).toEqual([]);
});
