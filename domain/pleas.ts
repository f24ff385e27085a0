import type { Language } from './assistant.ts';
import type { AttachmentKind, QUIET_KINDS } from './events.ts';

/** What a person can send instead of words, and be asked to put into words. */
export type PleadedKind = Exclude<AttachmentKind, (typeof QUIET_KINDS)[number]>;

/** What the assistant says to what it cannot read: what it was, and what would help. */
export const PLEAS: Record<Language, Record<PleadedKind, string>> = {
  en: {
    image: 'I cannot see pictures. Could you tell me in words what it is about?',
    video: 'I cannot watch videos. Could you tell me in words what it is about?',
    audio: 'I cannot listen to voice messages. Could you write it instead?',
    document: 'I cannot open files. Could you write what you would like to know?',
    location: 'I cannot open locations. Could you write the address or the place?',
    'contact card': 'I cannot open contact cards. Could you write how we can help?',
    order: 'I cannot see the items of an order. Could you write what you would like?',
    form: 'I cannot read forms. Could you write your answers here?',
    share: 'I cannot open shared posts. Could you write what you would like to know?',
    unsupported: 'I could not read this message. Could you write it as text?',
    unread: 'I was told that you wrote, but not what. Could you write it once more?',
  },
  de: {
    image: 'Ich kann keine Bilder ansehen. Können Sie mir in Worten sagen, worum es geht?',
    video: 'Ich kann keine Videos ansehen. Können Sie mir in Worten sagen, worum es geht?',
    audio: 'Ich kann keine Sprachnachrichten anhören. Können Sie es bitte schreiben?',
    document: 'Ich kann keine Dateien öffnen. Können Sie schreiben, was Sie wissen möchten?',
    location: 'Ich kann keine Standorte öffnen. Können Sie die Adresse oder den Ort schreiben?',
    'contact card': 'Ich kann keine Kontakte öffnen. Können Sie schreiben, wie wir helfen können?',
    order:
      'Ich kann nicht sehen, was in einem Warenkorb liegt. Können Sie schreiben, was Sie möchten?',
    form: 'Ich kann keine Formulare lesen. Können Sie Ihre Antworten hier schreiben?',
    share:
      'Ich kann keine geteilten Beiträge öffnen. Können Sie schreiben, was Sie wissen möchten?',
    unsupported: 'Ich konnte diese Nachricht nicht lesen. Können Sie sie als Text schreiben?',
    unread:
      'Mir wurde gesagt, dass Sie geschrieben haben, aber nicht, was. Können Sie es bitte noch einmal schreiben?',
  },
  es: {
    image: 'No puedo ver imágenes. ¿Puede decirme con palabras de qué se trata?',
    video: 'No puedo ver vídeos. ¿Puede decirme con palabras de qué se trata?',
    audio: 'No puedo escuchar mensajes de voz. ¿Puede escribirlo, por favor?',
    document: 'No puedo abrir archivos. ¿Puede escribir lo que desea saber?',
    location: 'No puedo abrir ubicaciones. ¿Puede escribir la dirección o el lugar?',
    'contact card': 'No puedo abrir tarjetas de contacto. ¿Puede escribir en qué podemos ayudarle?',
    order: 'No puedo ver los artículos de un pedido. ¿Puede escribir lo que desea?',
    form: 'No puedo leer formularios. ¿Puede escribir aquí sus respuestas?',
    share: 'No puedo abrir publicaciones compartidas. ¿Puede escribir lo que desea saber?',
    unsupported: 'No he podido leer este mensaje. ¿Puede escribirlo como texto?',
    unread: 'Se me ha avisado de que ha escrito, pero no de qué. ¿Puede escribirlo otra vez?',
  },
  fr: {
    image: "Je ne peux pas voir les images. Pouvez-vous m'écrire de quoi il s'agit ?",
    video: "Je ne peux pas regarder les vidéos. Pouvez-vous m'écrire de quoi il s'agit ?",
    audio: "Je ne peux pas écouter les messages vocaux. Pouvez-vous l'écrire, s'il vous plaît ?",
    document:
      'Je ne peux pas ouvrir les fichiers. Pouvez-vous écrire ce que vous souhaitez savoir ?',
    location: "Je ne peux pas ouvrir les localisations. Pouvez-vous écrire l'adresse ou le lieu ?",
    'contact card':
      'Je ne peux pas ouvrir les fiches de contact. Pouvez-vous écrire comment nous pouvons vous aider ?',
    order:
      "Je ne peux pas voir les articles d'un panier. Pouvez-vous écrire ce que vous souhaitez ?",
    form: 'Je ne peux pas lire les formulaires. Pouvez-vous écrire vos réponses ici ?',
    share:
      'Je ne peux pas ouvrir les publications partagées. Pouvez-vous écrire ce que vous souhaitez savoir ?',
    unsupported: "Je n'ai pas pu lire ce message. Pouvez-vous l'écrire sous forme de texte ?",
    unread:
      "On m'a signalé que vous avez écrit, mais pas quoi. Pouvez-vous l'écrire encore une fois ?",
  },
  pt: {
    image: 'Não consigo ver imagens. Pode escrever em palavras do que se trata?',
    video: 'Não consigo ver vídeos. Pode escrever em palavras do que se trata?',
    audio: 'Não consigo ouvir mensagens de voz. Pode escrever, por favor?',
    document: 'Não consigo abrir documentos. Pode escrever o que deseja saber?',
    location: 'Não consigo abrir localizações. Pode escrever o endereço ou o local?',
    'contact card': 'Não consigo abrir contactos. Pode escrever como podemos ajudar?',
    order: 'Não consigo ver os artigos de um pedido. Pode escrever o que deseja?',
    form: 'Não consigo ler formulários. Pode escrever aqui as suas respostas?',
    share: 'Não consigo abrir publicações partilhadas. Pode escrever o que deseja saber?',
    unsupported: 'Não consegui ler esta mensagem. Pode escrevê-la como texto?',
    unread: 'Fui avisado de que escreveu, mas não do quê. Pode escrevê-lo outra vez?',
  },
};
