import { LANGUAGES } from './assistant.ts';
import type { Language } from './assistant.ts';
import { recogniseWish } from './chat-wish.ts';
import { withoutCourtesy } from './courtesy.ts';
import { plainWords } from './plain-words.ts';

/** What a person can say at any time and have understood without a model (policy M1, D1). */
export const CHAT_COMMANDS = ['stop', 'start', 'human', 'my data', 'delete my data'] as const;
export type ChatCommand = (typeof CHAT_COMMANDS)[number];

/**
 * The words of each command in each language; a message is a command when it is nothing but one of them (what is wished
 * for in a sentence: `chat-wish.ts`). A word that also answers an ordinary question ("une personne" to "for how many?")
 * is not among them.
 */
const WORDS = {
  en: {
    stop: ['stop', 'stop all', 'stop messages', 'unsubscribe', 'opt out'],
    start: ['start', 'unstop'],
    human: [
      'human',
      'agent',
      'real person',
      'talk to a human',
      'talk to a person',
      'speak to a human',
      'speak to a person',
    ],
    'my data': ['my data', 'show my data', 'what do you know about me'],
    'delete my data': ['delete my data', 'erase my data', 'forget me', 'delete me'],
  },
  de: {
    stop: ['stopp', 'stoppen', 'abmelden', 'abbestellen'],
    start: ['starten', 'fortsetzen'],
    human: [
      'mensch',
      'mitarbeiter',
      'mitarbeiterin',
      'mit einem menschen sprechen',
      'mit jemandem sprechen',
    ],
    'my data': ['meine daten', 'zeige meine daten'],
    'delete my data': [
      'lösche meine daten',
      'meine daten löschen',
      'daten löschen',
      'vergiss mich',
    ],
  },
  es: {
    stop: ['parar', 'detener', 'baja', 'darme de baja'],
    start: ['empezar', 'reanudar', 'alta'],
    human: ['humano', 'persona', 'agente', 'hablar con una persona', 'hablar con un agente'],
    'my data': ['mis datos', 'ver mis datos'],
    'delete my data': [
      'borra mis datos',
      'borrar mis datos',
      'eliminar mis datos',
      'elimina mis datos',
      'olvídame',
    ],
  },
  fr: {
    stop: ['arrêt', 'arrêter', 'désabonner'],
    start: ['démarrer', 'reprendre'],
    human: [
      'humain',
      'conseiller',
      'conseillère',
      'parler à un humain',
      'parler à une personne',
      "parler à quelqu'un",
    ],
    'my data': ['mes données', 'voir mes données'],
    'delete my data': [
      'supprimer mes données',
      'supprimez mes données',
      'efface mes données',
      'effacer mes données',
      'oubliez-moi',
    ],
  },
  pt: {
    stop: ['parar', 'pare', 'sair', 'cancelar inscrição'],
    start: ['começar', 'retomar', 'reativar'],
    human: ['humano', 'pessoa', 'atendente', 'falar com uma pessoa', 'falar com um atendente'],
    'my data': ['meus dados', 'os meus dados', 'ver meus dados'],
    'delete my data': [
      'apagar meus dados',
      'apague meus dados',
      'excluir meus dados',
      'apagar os meus dados',
      'esqueça-me',
    ],
  },
} as const satisfies Record<Language, Record<ChatCommand, readonly string[]>>;

export interface RecognisedCommand {
  command: ChatCommand;
  language: Language;
}

/**
 * The command that a whole message is, in any case and with any punctuation, signs or courtesy around it; else what a
 * sentence in it wishes for; or null. English words are understood everywhere, because they are the ones that Meta's apps
 * and habits have taught; `languages` are the configured ones, and the first that knows the words wins.
 */
export function recogniseCommand(
  text: string,
  languages: readonly Language[],
): RecognisedCommand | null {
  const whole = said(text);
  if (whole === '') return null;
  const spoken = [...new Set([...languages, 'en'] as const)];
  for (const language of spoken) {
    const command = commandOf(whole, language);
    if (command !== undefined) return { command, language };
  }
  for (const language of spoken) {
    const command = recogniseWish(text, language);
    if (command !== null) return { command, language };
  }
  return null;
}

const COMMANDS = new Map(
  LANGUAGES.map((language) => {
    const entries = CHAT_COMMANDS.flatMap((command) =>
      WORDS[language][command].map((word) => [said(word), command] as const),
    );
    // The first command that has a word keeps it.
    return [language, new Map(entries.toReversed())] as const;
  }),
);

function commandOf(whole: string, language: Language): ChatCommand | undefined {
  const commands = COMMANDS.get(language);
  return commands?.get(whole) ?? commands?.get(withoutCourtesy(whole, language));
}

/** The whole message as it is compared. People who are not heard say it again: STOP STOP STOP. */
function said(text: string): string {
  return plainWords(text).replace(/^(\S+)(?: \1)+$/, '$1');
}
