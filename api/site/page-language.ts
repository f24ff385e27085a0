import type { Request } from 'express';
import { LANGUAGES } from '../../domain/assistant.ts';
import type { Language } from '../../domain/assistant.ts';

/** The language of a page: what its address asks for (`?lang=`), else what the browser prefers, else English. */
export function pageLanguage(request: Request): Language {
  const asked = request.query['lang'];
  const chosen = LANGUAGES.find((language) => language === asked);
  // English comes first among equals, and is what a browser that prefers none of these gets.
  return (
    chosen ?? LANGUAGES.find((one) => one === request.acceptsLanguages([...LANGUAGES])) ?? 'en'
  );
}
