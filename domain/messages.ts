import type { Language } from './assistant.ts';

/** Who speaks, and where a person can turn to. */
export interface Speaker {
  companyName: string;
  contactEmail: string;
}

type Text = (speaker: Speaker) => string;

/** What Mayfly itself says, when no model does. Every text exists in every language. */
export interface Messages {
  /** Opens a session, and the assistant's first words after a human's (policy M1: no one is left to guess). */
  disclosure: Text;
  /** The model could not answer in time: honest, and a person takes over. */
  fallback: Text;
  /** Our key or account at the model's provider is refused: words that are true even when nobody is told to look. */
  outOfOrder: Text;
  stopped: Text;
  started: Text;
  /** A person was asked for. */
  human: Text;
  /** The same, outside the business's hours. */
  humanLater: Text;
  myData: Text;
  deleteMyData: Text;
  /** Several things were sent, and none of them is text; for a single kind see the pleas. */
  onlyText: Text;
  /** More was asked today than one person may ask. */
  budgetSpent: Text;
  /** The same was written several times in a row: a human looks whether it is another program that answers. */
  sameAgain: Text;
}

export const MESSAGES: Record<Language, Messages> = {
  en: {
    disclosure: ({ companyName }) =>
      `You are writing with the automated assistant of ${companyName}. Write HUMAN for a person.`,
    fallback: () =>
      'Sorry, I cannot answer right now. A member of our team will read your message and reply here.',
    outOfOrder: () =>
      'Sorry, the assistant cannot answer at the moment because of a technical fault. Please write again a little later, or write HUMAN and a member of our team will answer.',
    stopped: () =>
      'You will get no more messages from this assistant. Write START if you want it back.',
    started: () => 'The assistant is back. How can we help?',
    human: () =>
      'A member of our team will read this and reply here. Until then the assistant is silent; write START to go on with it.',
    humanLater: () =>
      'We are closed at the moment. A member of our team will read this and reply here when we are open again. Until then the assistant is silent; write START to go on with it.',
    myData: ({ contactEmail }) => `For a copy of what we hold about you, write to ${contactEmail}.`,
    deleteMyData: ({ contactEmail }) =>
      `To have your data deleted, write to ${contactEmail} with the subject "Data Deletion Request".`,
    onlyText: () => 'I can only read text. Could you tell me in words what it is about?',
    budgetSpent: () =>
      'The assistant has answered as often as it may today and pauses here. A member of our team will read what you write.',
    sameAgain: () =>
      'We have received the same message several times. The assistant pauses here. A member of our team will read what you write.',
  },
  de: {
    disclosure: ({ companyName }) =>
      `Hier schreibt der automatische Assistent von ${companyName}. Schreiben Sie MENSCH, um mit einem Menschen zu sprechen.`,
    fallback: () =>
      'Leider kann ich gerade nicht antworten. Jemand aus unserem Team liest Ihre Nachricht und antwortet hier.',
    outOfOrder: () =>
      'Leider kann der Assistent wegen einer technischen Störung gerade nicht antworten. Bitte schreiben Sie etwas später noch einmal, oder schreiben Sie MENSCH, dann antwortet jemand aus unserem Team.',
    stopped: () =>
      'Sie erhalten keine Nachrichten mehr von diesem Assistenten. Schreiben Sie START, wenn Sie ihn wieder nutzen möchten.',
    started: () => 'Der Assistent ist wieder da. Wie können wir helfen?',
    human: () =>
      'Jemand aus unserem Team liest das und antwortet hier. Bis dahin schweigt der Assistent; schreiben Sie START, um mit ihm weiterzumachen.',
    humanLater: () =>
      'Wir haben gerade geschlossen. Jemand aus unserem Team liest das und antwortet hier, sobald wir wieder geöffnet haben. Bis dahin schweigt der Assistent; schreiben Sie START, um mit ihm weiterzumachen.',
    myData: ({ contactEmail }) =>
      `Für eine Kopie dessen, was wir über Sie speichern, schreiben Sie an ${contactEmail}.`,
    deleteMyData: ({ contactEmail }) =>
      `Um Ihre Daten löschen zu lassen, schreiben Sie an ${contactEmail} mit dem Betreff "Data Deletion Request".`,
    onlyText: () => 'Ich kann nur Text lesen. Können Sie mir in Worten sagen, worum es geht?',
    budgetSpent: () =>
      'Der Assistent hat heute so oft geantwortet, wie er darf, und macht hier Pause. Jemand aus unserem Team liest, was Sie schreiben.',
    sameAgain: () =>
      'Wir haben mehrmals dieselbe Nachricht erhalten. Der Assistent macht hier Pause. Jemand aus unserem Team liest, was Sie schreiben.',
  },
  es: {
    disclosure: ({ companyName }) =>
      `Le escribe el asistente automático de ${companyName}. Escriba HUMANO para hablar con una persona.`,
    fallback: () =>
      'Lo siento, ahora no puedo responder. Una persona de nuestro equipo leerá su mensaje y responderá aquí.',
    outOfOrder: () =>
      'Lo siento, el asistente no puede responder en este momento por un fallo técnico. Escriba de nuevo un poco más tarde, o escriba HUMANO y le responderá una persona de nuestro equipo.',
    stopped: () =>
      'No recibirá más mensajes de este asistente. Escriba START si desea volver a usarlo.',
    started: () => 'El asistente está de vuelta. ¿En qué podemos ayudarle?',
    human: () =>
      'Una persona de nuestro equipo leerá esto y responderá aquí. Mientras tanto, el asistente no responde; escriba START para seguir con él.',
    humanLater: () =>
      'Ahora estamos cerrados. Una persona de nuestro equipo leerá esto y responderá aquí cuando volvamos a abrir. Mientras tanto, el asistente no responde; escriba START para seguir con él.',
    myData: ({ contactEmail }) =>
      `Para recibir una copia de lo que guardamos sobre usted, escriba a ${contactEmail}.`,
    deleteMyData: ({ contactEmail }) =>
      `Para que eliminemos sus datos, escriba a ${contactEmail} con el asunto "Data Deletion Request".`,
    onlyText: () => 'Solo puedo leer texto. ¿Puede decirme con palabras de qué se trata?',
    budgetSpent: () =>
      'El asistente ya ha respondido hoy todas las veces que puede y hace una pausa. Una persona de nuestro equipo leerá lo que escriba.',
    sameAgain: () =>
      'Hemos recibido el mismo mensaje varias veces. El asistente hace una pausa aquí. Una persona de nuestro equipo leerá lo que escriba.',
  },
  fr: {
    disclosure: ({ companyName }) =>
      `Vous écrivez à l'assistant automatique de ${companyName}. Écrivez HUMAIN pour parler à une personne.`,
    fallback: () =>
      'Désolé, je ne peux pas vous répondre pour le moment. Une personne de notre équipe lira votre message et répondra ici.',
    outOfOrder: () =>
      "Désolé, l'assistant ne peut pas répondre pour le moment à cause d'une panne technique. Écrivez de nouveau un peu plus tard, ou écrivez HUMAIN et une personne de notre équipe vous répondra.",
    stopped: () =>
      'Vous ne recevrez plus de messages de cet assistant. Écrivez START pour le réactiver.',
    started: () => "L'assistant est de retour. Comment pouvons-nous vous aider ?",
    human: () =>
      "Une personne de notre équipe lira ceci et répondra ici. D'ici là, l'assistant se tait ; écrivez START pour continuer avec lui.",
    humanLater: () =>
      "Nous sommes fermés en ce moment. Une personne de notre équipe lira ceci et répondra ici à la réouverture. D'ici là, l'assistant se tait ; écrivez START pour continuer avec lui.",
    myData: ({ contactEmail }) =>
      `Pour recevoir une copie de ce que nous conservons sur vous, écrivez à ${contactEmail}.`,
    deleteMyData: ({ contactEmail }) =>
      `Pour demander la suppression de vos données, écrivez à ${contactEmail} avec pour objet "Data Deletion Request".`,
    onlyText: () => "Je ne peux lire que du texte. Pouvez-vous m'écrire de quoi il s'agit ?",
    budgetSpent: () =>
      "L'assistant a répondu aujourd'hui autant de fois qu'il le peut et fait une pause. Une personne de notre équipe lira ce que vous écrivez.",
    sameAgain: () =>
      "Nous avons reçu plusieurs fois le même message. L'assistant fait une pause ici. Une personne de notre équipe lira ce que vous écrivez.",
  },
  pt: {
    disclosure: ({ companyName }) =>
      `Este é o assistente automático de ${companyName}. Escreva HUMANO para falar com uma pessoa.`,
    fallback: () =>
      'Desculpe, não consigo responder agora. Uma pessoa da nossa equipa vai ler a sua mensagem e responder aqui.',
    outOfOrder: () =>
      'Desculpe, o assistente não consegue responder neste momento devido a uma falha técnica. Escreva de novo um pouco mais tarde, ou escreva HUMANO e uma pessoa da nossa equipa responderá.',
    stopped: () =>
      'Não receberá mais mensagens deste assistente. Escreva START se quiser voltar a usá-lo.',
    started: () => 'O assistente está de volta. Como podemos ajudar?',
    human: () =>
      'Uma pessoa da nossa equipa vai ler isto e responder aqui. Até lá, o assistente não responde; escreva START para continuar com ele.',
    humanLater: () =>
      'Estamos fechados neste momento. Uma pessoa da nossa equipa vai ler isto e responder aqui quando voltarmos a abrir. Até lá, o assistente não responde; escreva START para continuar com ele.',
    myData: ({ contactEmail }) =>
      `Para receber uma cópia dos dados que guardamos a seu respeito, escreva para ${contactEmail}.`,
    deleteMyData: ({ contactEmail }) =>
      `Para que os seus dados sejam apagados, escreva para ${contactEmail} com o assunto "Data Deletion Request".`,
    onlyText: () => 'Só consigo ler texto. Pode escrever em palavras do que se trata?',
    budgetSpent: () =>
      'O assistente já respondeu hoje as vezes que pode e faz uma pausa aqui. Uma pessoa da nossa equipa vai ler o que escrever.',
    sameAgain: () =>
      'Recebemos a mesma mensagem várias vezes. O assistente faz uma pausa aqui. Uma pessoa da nossa equipa vai ler o que escrever.',
  },
};
