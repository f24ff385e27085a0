/** Markup that is safe to send as it is. Only `html` makes it. */
class Html {
  readonly #markup: string;

  constructor(markup: string) {
    this.#markup = markup;
  }

  toString(): string {
    return this.#markup;
  }
}
export type { Html };

/**
 * What a template takes. Null, undefined and false produce nothing, so that `condition && html…` reads as it is meant.
 */
export type HtmlValue = string | number | Html | null | undefined | false | readonly HtmlValue[];

/**
 * Builds markup. Strings are escaped, markup from another template is not, arrays are joined.
 * A string may stand in text or in a quoted attribute; between attributes only markup or nothing may. Escaping makes
 * no address harmless: one for `href` or `src` must not come from outside.
 * @throws TypeError where a value stands in a place that escaping cannot make safe: a mistake in the template.
 */
export function html(literals: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  const places = placesOf(literals);
  const markup = values.map((value, i) => `${write(value, places[i]!)}${literals[i + 1]}`);
  return new Html(`${literals[0]}${markup.join('')}`);
}

/** Where a value stands, seen from the template's own text before it. `value` follows an `=` that has no quote yet. */
type Place = PlaceInMarkup | 'script';
type PlaceInMarkup = 'text' | 'tag' | 'value' | 'unquoted' | 'double quoted' | 'single quoted';

const KNOWN = new WeakMap<TemplateStringsArray, Place[]>();

function placesOf(literals: TemplateStringsArray): Place[] {
  const known = KNOWN.get(literals);
  if (known) return known;
  let place: PlaceInMarkup = 'text';
  let before = '';
  const places = literals.slice(0, -1).map((literal): Place => {
    before += literal;
    for (const char of literal) place = placeAfter(place, char);
    return place === 'text' && OPEN_SCRIPT.test(before) ? 'script' : place;
  });
  KNOWN.set(literals, places);
  return places;
}

// Browsers read no escapes inside these two elements.
const OPEN_SCRIPT = /<(script|style)\b(?!.*<\/\1)/is;

function placeAfter(place: PlaceInMarkup, char: string): PlaceInMarkup {
  switch (place) {
    case 'text':
      return char === '<' ? 'tag' : 'text';
    case 'double quoted':
      return char === '"' ? 'tag' : place;
    case 'single quoted':
      return char === "'" ? 'tag' : place;
    case 'value':
      if (char === '"') return 'double quoted';
      if (char === "'") return 'single quoted';
      if (char === '>') return 'text';
      return /\s/.test(char) ? 'value' : 'unquoted';
    case 'tag':
    case 'unquoted':
      if (char === '>') return 'text';
      if (char === '=' && place === 'tag') return 'value';
      return /\s/.test(char) ? 'tag' : place;
  }
}

function write(value: HtmlValue, place: Place): string {
  if (value === null || value === undefined || value === false) value = '';
  if (Array.isArray(value)) return value.map((one: HtmlValue) => write(one, place)).join('');
  if (place === 'script' || place === 'value' || place === 'unquoted') {
    throw new TypeError('a value may stand in text or in a quoted attribute, nowhere else');
  }
  if (value instanceof Html) {
    if (place === 'text' || place === 'tag') return value.toString();
    throw new TypeError('markup cannot stand in an attribute');
  }
  if (typeof value !== 'string' && typeof value !== 'number') {
    throw new TypeError('a value must be text, a number, markup or nothing');
  }
  if (place === 'tag' && value !== '') {
    throw new TypeError('between attributes only markup may stand');
  }
  return escape(String(value));
}

const ESCAPES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' } as const;

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (char) => ESCAPES[char as keyof typeof ESCAPES]);
}
