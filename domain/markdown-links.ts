/** An address inside of the round brackets of a link, which may hold a pair of brackets itself. */
const TARGET = String.raw`<?([^\s()<>]*(?:\([^\s()<>]*\)[^\s()<>]*)*)>?(?:\s+["'][^"'\n]*["'])?`;
const LINK = new RegExp(String.raw`!?\[([^\[\]\n]*)\]\(\s*${TARGET}\s*\)`, 'g');
const REFERENCE = /\[([^[\]\n]+)\]\[([^[\]\n]*)\]/g;
const DEFINITION = /^[ \t]*\[([^[\]\n]+)\]:[ \t]*<?(\S+?)>?(?:[ \t]+["'(].*)?$/gm;
const BARE =
  /<?(https?:\/\/(?:(?!~~)[^\s<>"*`[\]|\ue000-\ue00f])*[^\s<>"*`[\]|\ue000-\ue00f_~.,;:!?)])>?/gi;

/** Enclose the number of an address that is set aside. */
const [OPEN, CLOSE] = ['\ue00c', '\ue00d'];

/**
 * The text with its Markdown links as words and address, and with `turn` done to all but the addresses, whose signs are no
 * marks.
 */
export function plainLinks(text: string, turn: (rest: string) => string): string {
  const addresses: string[] = [];
  const putAside = (address: string) => {
    addresses.push(address);
    return `${OPEN}${addresses.length - 1}${CLOSE}`;
  };
  const defined = new Map<string, string>();
  const written = text
    .replace(DEFINITION, (_, name: string, address: string) => {
      defined.set(name.toLowerCase(), address);
      return '';
    })
    .replace(LINK, (_, words: string, address: string) => inWords(words, address))
    .replace(REFERENCE, (_, words: string, name: string) =>
      inWords(words, defined.get((name || words).toLowerCase()) ?? ''),
    );
  return turn(written.replace(BARE, (_, address: string) => putAside(address))).replace(
    new RegExp(`${OPEN}(\\d+)${CLOSE}`, 'g'),
    (_, index: string) => addresses[Number(index)] ?? '',
  );
}

/** What a person can read, and tap where it is an address: what is neither on the web nor mail or telephone goes. */
function inWords(words: string, target: string): string {
  const address = target.replace(/^(?:mailto|tel):/i, '');
  const said = words.trim();
  const isShown = address !== target || /^(?:https?:\/\/|www\.)/i.test(address);
  if (!isShown || bare(said) === bare(address)) return isShown && said === '' ? address : said;
  return said === '' ? address : `${said} (${address})`;
}

function bare(address: string): string {
  return address.replace(/^https?:\/\/(?:www\.)?|\/$/gi, '').toLowerCase();
}
