import { LANGUAGES } from '../../domain/assistant.ts';
import type { Language } from '../../domain/assistant.ts';
import { recogniseCommand } from '../../domain/chat-command.ts';
import type { ChatCommand } from '../../domain/chat-command.ts';

const TOLD: Record<Language, Partial<Record<ChatCommand, string[]>>> = {
  en: {
    'delete my data': [
      'please delete all my data',
      'can you delete my data?',
      'Could you please delete my personal data',
      'I want to be forgotten',
      'I want my data deleted',
      'I would like to have all my data erased.',
      "Hi! I'd like you to remove all of my information. Thank you",
      'delete everything you have about me',
      'Please erase all data you hold on me',
      'forget everything about me',
      'Please forget me.',
      'I request the erasure of my personal data under Art. 17 GDPR',
      'GDPR deletion request',
      'Data Deletion Request',
      'right to be forgotten',
      'how can I get my data deleted?',
      'is it possible to delete my data',
      'would you mind deleting my data?',
      'please delete my chat history',
      'delete all my messages please',
      'remove me from your database',
      'I am not a customer any more, please delete my data',
      'Delete my data now!!!',
      'DELETE ALL MY DATA',
      'When do you open? Also, please delete my data.',
      'it would be great if you could delete my data',
      'my data must be deleted',
      "can't you delete my data?",
    ],
    'my data': [
      'what do you know about me?',
      'What data do you have about me?',
      'which personal data do you store about me',
      'Can I get a copy of my data?',
      'please send me all the data you hold about me',
      'I would like to see my data',
      'show me everything you have about me',
      'subject access request',
      'my data please',
    ],
    human: [
      'Can I talk to a human?',
      'can i speak with a real person please',
      'I want to talk to someone from your team',
      'please connect me to an agent',
      'I need a human',
      'is there a real person here?',
      'let me speak to a person',
      'human please',
    ],
    stop: [
      'please stop',
      'stop messaging me',
      'Stop sending me messages!',
      "don't text me again",
      'leave me alone',
      'no more messages please',
      'unsubscribe me',
      'I want to unsubscribe',
    ],
  },
  de: {
    'delete my data': [
      'Bitte löschen Sie alle meine Daten',
      'bitte alle meine daten löschen',
      'Können Sie meine Daten löschen?',
      'könnt ihr bitte meine Daten löschen',
      'kannst du meine daten loeschen?',
      'Ich möchte, dass meine Daten gelöscht werden.',
      'Ich möchte vergessen werden',
      'Lösch alles, was du über mich weißt',
      'Löscht bitte alles über mich',
      'Bitte löschen Sie alle personenbezogenen Daten, die Sie über mich gespeichert haben',
      'Hiermit verlange ich die Löschung meiner personenbezogenen Daten gemäß Art. 17 DSGVO.',
      'Recht auf Vergessenwerden',
      'Löschantrag nach DSGVO',
      'Ich würde gerne meine Daten löschen lassen',
      'meine Daten bitte sofort und vollständig löschen',
      'Vergessen Sie mich bitte',
      'Bitte den ganzen Chatverlauf und alle meine Nachrichten löschen',
      'Guten Tag, ich bin kein Kunde mehr, bitte löschen Sie meine Daten. Danke!',
    ],
    'my data': [
      'Was wissen Sie über mich?',
      'Welche Daten haben Sie über mich gespeichert?',
      'welche daten speichert ihr über mich',
      'Ich möchte meine Daten einsehen',
      'Bitte schicken Sie mir eine Kopie meiner Daten',
      'zeig mir meine Daten',
      'Ich bitte um Auskunft über meine Daten',
      'meine Daten bitte',
    ],
    human: [
      'Kann ich mit einem Menschen sprechen?',
      'Ich möchte mit einer Mitarbeiterin sprechen',
      'kann ich bitte mit jemandem aus dem Team reden',
      'ich will mit einem echten menschen schreiben',
      'Ist hier ein echter Mensch?',
      'Mensch bitte',
    ],
    stop: [
      'bitte stopp',
      'Schreiben Sie mir nicht mehr',
      'keine Nachrichten mehr bitte',
      'Lass mich in Ruhe',
      'Hören Sie auf, mir zu schreiben',
      'ich möchte mich abmelden',
    ],
  },
  es: {
    'delete my data': [
      'Por favor, borren todos mis datos',
      '¿Puede borrar mis datos?',
      '¿pueden eliminar mis datos personales?',
      'Quiero que borren todo lo que saben de mí',
      'quiero ser olvidada',
      'Quiero que me olviden',
      'Solicito la supresión de mis datos personales conforme al artículo 17 del RGPD',
      'derecho al olvido',
      'elimina toda mi información',
      'borra todos los datos que tienes sobre mí',
      'Quiero que mis datos sean eliminados',
      'olvídenme por favor',
      'necesito eliminar mis datos',
      'Hola, borra mis mensajes por favor',
    ],
    'my data': [
      '¿Qué saben de mí?',
      '¿Qué datos tienen sobre mí?',
      'quiero una copia de mis datos',
      'quiero ver mis datos',
      'muéstrame mis datos',
      'derecho de acceso',
    ],
    human: [
      '¿Puedo hablar con una persona?',
      'quiero hablar con un humano',
      'páseme con un agente',
      'hola, ¿puedo hablar con alguien del equipo?',
      'necesito hablar con una persona real',
    ],
    stop: [
      'No me escriban más',
      'dejen de escribirme',
      'no quiero recibir más mensajes',
      'quiero darme de baja',
      'déjame en paz',
    ],
  },
  fr: {
    'delete my data': [
      'Merci de supprimer toutes mes données',
      'Pouvez-vous supprimer mes données ?',
      'pourriez vous effacer mes données personnelles svp',
      'Je veux être oublié',
      'Je voudrais que mes données soient supprimées',
      'supprimez tout ce que vous savez sur moi',
      'Effacez toutes les données que vous avez sur moi',
      "Je demande l'effacement de mes données au titre de l'article 17 du RGPD",
      "droit à l'oubli",
      'Suppression de mes données personnelles',
      'oubliez-moi svp',
      "Bonjour, efface toutes mes informations s'il te plaît",
      'je souhaite faire supprimer mes données',
    ],
    'my data': [
      'Que savez-vous sur moi ?',
      'Quelles données avez-vous sur moi ?',
      'Je voudrais une copie de mes données',
      'je souhaite consulter mes données',
      "droit d'accès",
    ],
    human: [
      'Puis-je parler à un humain ?',
      'je voudrais parler à une vraie personne',
      "est-ce que je peux parler à quelqu'un ?",
      'passez-moi un conseiller',
      'je veux un humain',
    ],
    stop: [
      "Ne m'écrivez plus",
      "arrêtez de m'écrire",
      'plus de messages svp',
      'laissez-moi tranquille',
      'je veux me désabonner',
    ],
  },
  pt: {
    'delete my data': [
      'Por favor, apaguem todos os meus dados',
      'Pode apagar os meus dados?',
      'vocês podem excluir meus dados pessoais?',
      'Quero ser esquecido',
      'Quero que apaguem tudo o que sabem sobre mim',
      'delete meus dados por favor',
      'Solicito a exclusão dos meus dados pessoais nos termos da LGPD',
      'direito ao esquecimento',
      'elimine toda a minha informação',
      'Quero que os meus dados sejam apagados',
      'gostaria de excluir todas as minhas informações',
      'Olá, apague minhas mensagens por favor',
    ],
    'my data': [
      'O que sabem sobre mim?',
      'Que dados têm sobre mim?',
      'quero uma cópia dos meus dados',
      'quero ver os meus dados',
      'direito de acesso',
    ],
    human: [
      'Posso falar com uma pessoa?',
      'quero falar com um humano',
      'me passa para um atendente',
      'posso falar com alguém da equipe?',
      'preciso de um atendente',
    ],
    stop: [
      'Não me escrevam mais',
      'parem de me enviar mensagens',
      'não quero receber mais mensagens',
      'me deixem em paz',
    ],
  },
};

const cases = Object.entries(TOLD).flatMap(([language, wishes]) =>
  Object.entries(wishes).flatMap(([wish, texts]) =>
    texts.map((text): [Language, string, string] => [language as Language, text, wish]),
  ),
);

test.each(cases)('P-D1 in %s, %j is understood as %j', (language, text, command) => {
  expect({ text, found: recogniseCommand(text, [language]) }).toEqual({
    text,
    found: { command, language },
  });
});

/** What sounds like a wish and is none, or is one for something else. */
const FALSE_FRIENDS: Record<Language, string[]> = {
  en: [
    'delete my order',
    'please delete my order from Saturday',
    'forget my last message',
    'can you delete the cheese?',
    'delete the second one please',
    'remove the onions',
    'my data plan is nearly used up',
    'please delete my data plan order',
    "please don't delete my data",
    'Do not delete my data!',
    'Have you deleted my data?',
    'did you delete my data?',
    'When do you delete my data?',
    'why would you delete my data',
    "don't forget me",
    'did you forget me?',
    'forget it',
    'I forgot my order number',
    'how do you protect my data?',
    'clear, thanks',
    'remove my name from the waiting list for Saturday',
    'delete my details for the order',
    'a cake that cannot be forgotten in the fridge',
    'my message was deleted',
    'table for one person please',
    'can a person eat this with a nut allergy?',
    'can I talk to my wife first?',
    'I do not want to talk to a human',
    'are you a human?',
    'are you a bot?',
    'I spoke to a person yesterday',
    'what do you have for me?',
    'what do you know about cakes?',
    'show me the menu',
    'please stop the order',
    "don't stop",
    'stop by the shop',
    'does the bus stop here?',
    "don't write my name on the cake",
    'no more sugar please',
    'Is there a human I can talk to tomorrow?',
    'how do I delete my data from the app?',
    'hello',
  ],
  de: [
    'Bitte löschen Sie meine Bestellung',
    'lösche die letzte Zeile',
    'vergiss meine letzte Nachricht',
    'Vergessen Sie mich nicht!',
    'Bitte löschen Sie meine Daten nicht',
    'Haben Sie meine Daten gelöscht?',
    'Wann löschen Sie meine Daten?',
    'Wurden meine Daten gelöscht?',
    'Warum löscht ihr meine Daten',
    'können Sie den Käse weglassen?',
    'meine Daten haben sich geändert',
    'Wie schützen Sie meine Daten?',
    'Ich habe meine Nachricht gelöscht',
    'ein Tisch für eine Person',
    'Ich habe mit einem Mitarbeiter gesprochen',
    'Sind Sie ein Mensch?',
    'bist du ein bot',
    'keine Nüsse mehr bitte',
    'Was wissen Sie über Allergene?',
    'Ich möchte mich anmelden',
    'Bitte mit Sahne',
  ],
  es: [
    'borra mi pedido',
    'borra los datos de mi pedido',
    'olvida mi último mensaje',
    'no borren mis datos',
    '¿Cuándo borran mis datos?',
    '¿puede quitar el queso?',
    'mesa para una persona',
    '¿eres un humano?',
    '¿qué saben de alergias?',
    'hablé con una persona ayer',
    'no me olviden',
    'quiero ver la carta',
    'elimina la cebolla por favor',
    'no quiero más azúcar',
  ],
  fr: [
    'supprimez ma commande',
    'oubliez mon dernier message',
    'ne supprimez pas mes données',
    'Quand supprimez-vous mes données ?',
    'pouvez-vous enlever le fromage ?',
    'une table pour une personne',
    'êtes-vous un humain ?',
    "ne m'oubliez pas",
    'que savez-vous sur les allergènes ?',
    "j'ai parlé à votre collègue hier",
    'comment protégez-vous mes données ?',
    'plus de sucre svp',
    'effacez la dernière ligne',
  ],
  pt: [
    'apague o meu pedido',
    'esqueça a minha última mensagem',
    'não apaguem os meus dados',
    'Quando apagam os meus dados?',
    'pode tirar o queijo?',
    'mesa para uma pessoa',
    'você é humano?',
    'não se esqueçam de mim',
    'o que sabem sobre alergias?',
    'falei com uma pessoa ontem',
    'quero ver o menu',
    'não quero mais açúcar',
  ],
};

const friends = Object.entries(FALSE_FRIENDS).flatMap(([language, texts]) =>
  texts.map((text): [Language, string] => [language as Language, text]),
);

test.each(friends)('in %s, %j is left to the model', (language, text) => {
  expect({ text, found: recogniseCommand(text, [language]) }).toEqual({ text, found: null });
});

test('a wish is understood among all languages, and answered in its own', () => {
  for (const [, text, command] of cases)
    if (text.length > 30)
      expect({ text, found: recogniseCommand(text, LANGUAGES)?.command }).toEqual({
        text,
        found: command,
      });
  for (const [, text] of friends)
    expect({ text, found: recogniseCommand(text, LANGUAGES) }).toEqual({ text, found: null });
  expect(recogniseCommand('Bitte löschen Sie alle meine Daten', LANGUAGES)?.language).toBe('de');
});

test('a story in which the words occur is no wish', () => {
  const walk = 'the shop and the street and the long way home again ';
  expect(recogniseCommand(`${walk}delete my data`, ['en'])?.command).toBe('delete my data');
  expect(recogniseCommand(`${walk.repeat(4)}delete my data`, ['en'])).toBeNull();
  expect(recogniseCommand(`delete my data. ${'word. '.repeat(400)}`, ['en'])).toBeNull();
});

test('a hostile text takes no time to be looked at', () => {
  const startedAt = performance.now();
  for (const part of ['all my ', 'delete all ', 'meine daten ', 'todo lo que ', 'you have ', 'my '])
    for (const join of ['', ', '])
      recogniseCommand(`${part}${join}`.repeat(250).slice(0, 2_000), LANGUAGES);
  expect(performance.now() - startedAt).toBeLessThan(5_000);
});
