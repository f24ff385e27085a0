/** Why a text that somebody wrote is no handle that we can look for. */
export type HandleProblem = 'no handle' | 'placeholder';

/** A handle that somebody wrote down: lower case, without its `@`. */
export type WrittenHandle = { handle: string } | { problem: HandleProblem };

const LONGEST_WRITTEN = 200;
/** Instagram's own rule: letters, digits, dots and underscores, no dot at either end and no two together. */
const HANDLE = /^(?!\.)(?!.*\.\.)(?!.*\.$)[a-z0-9._]{1,30}$/;
const INVISIBLE = /[\p{Cf}\p{Cc}\p{Default_Ignorable_Code_Point}]/gu;
const LINK =
  /^(?:https?:\/\/)?(?:(?:www\.|m\.)?(?:instagram\.com|instagr\.am)\/(?:_u\/)?|ig\.me\/m\/)@?(?<name>[^/?#]+)\/?(?:[?#].*)?$/u;
const SITE = /^(?:www\.)?(?:instagram\.com|ig\.me)$/;
/** What can follow Instagram's address and is no account's name. */
const PAGES: ReadonlySet<string> = new Set([
  'accounts',
  'about',
  'direct',
  'explore',
  'p',
  'reel',
  'reels',
  'stories',
  'tv',
]);

/** What a sample letter, ours or another, has in place of the handle. */
const PLACEHOLDERS: ReadonlySet<string> = new Set([
  'my_instagram_handle',
  'my_instagram_username',
  'my_instagram',
  'my_handle',
  'my_username',
  'myhandle',
  'myusername',
  'your_instagram_handle',
  'your_instagram_username',
  'your_instagram',
  'your_handle',
  'your_username',
  'yourhandle',
  'yourusername',
  'instagram_handle',
  'instagram_username',
  'handle',
  'username',
]);

/** The handle that somebody means: with or without its `@`, in any case, or as an address of Instagram's. */
export function readWrittenHandle(text: string): WrittenHandle {
  if (text.length > LONGEST_WRITTEN) return { problem: 'no handle' };
  const written = text.normalize('NFKC').replaceAll(INVISIBLE, '').trim().toLowerCase();
  const linked = LINK.exec(written)?.groups?.['name'];
  if (linked !== undefined ? PAGES.has(linked) : SITE.test(written))
    return { problem: 'no handle' };
  const handle = linked ?? written.replace(/^@/, '');
  if (PLACEHOLDERS.has(handle)) return { problem: 'placeholder' };
  return HANDLE.test(handle) ? { handle } : { problem: 'no handle' };
}
