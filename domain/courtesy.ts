import { LANGUAGES } from './assistant.ts';
import type { Language } from './assistant.ts';

const POLITE: Record<Language, string> = {
  en: 'please|pls|thanks|thank you|hi|hello|hey',
  de: 'bitte|danke|hallo',
  es: 'por favor|gracias|hola',
  fr: 's il vous plait|s il te plait|svp|merci|bonjour',
  pt: 'por favor|obrigado|obrigada|ola',
};

const AROUND = new Map(
  LANGUAGES.map((language) => [
    language,
    new RegExp(`^(?:(?:${POLITE[language]}) )+|(?: (?:${POLITE[language]}))+$`, 'g'),
  ]),
);

/** Plain words without the courtesy before and after them. */
export function withoutCourtesy(words: string, language: Language): string {
  return words.replaceAll(AROUND.get(language) ?? /$/g, '');
}
