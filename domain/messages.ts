import type { Language } from './assistant.ts';

/** What Mayfly itself says, when no model does. */
interface Messages {
  /** The model could not answer in time: honest, and a person takes over. */
  fallback: string;
}

export const MESSAGES = {
  en: {
    fallback:
      'Sorry, I cannot answer right now. A member of our team will read your message and reply here.',
  },
  de: {
    fallback:
      'Leider kann ich gerade nicht antworten. Jemand aus unserem Team liest Ihre Nachricht und antwortet hier.',
  },
  es: {
    fallback:
      'Lo siento, ahora no puedo responder. Una persona de nuestro equipo leerá su mensaje y responderá aquí.',
  },
  fr: {
    fallback:
      'Désolé, je ne peux pas répondre pour le moment. Une personne de notre équipe lira votre message et répondra ici.',
  },
  pt: {
    fallback:
      'Desculpe, não consigo responder agora. Uma pessoa da nossa equipe vai ler a sua mensagem e responder aqui.',
  },
} as const satisfies Record<Language, Messages>;
