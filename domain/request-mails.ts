import type { Language } from './assistant.ts';
import type { Channel } from './channels.ts';
import type { MailEvent } from './privacy-request.ts';
import type { AnsweredState } from './request-accounts.ts';

/** What a mail about a request may name: nothing about the person, not even the accounts that they named. */
export interface MailFacts {
  companyName: string;
  contactEmail: string;
  /** Where the request stands. */
  statusUrl: string;
  /** Where a request is made. */
  deletionUrl: string;
  /** When the answer is due, to the minute. */
  dueAt: string;
  /** How it ended for each account that the request names; empty before that. */
  accounts: readonly { channel: Channel; state: AnsweredState }[];
}

export interface MailText {
  subject: string;
  text: string;
}

interface MailWords {
  subject: string;
  /** The subject once it is answered. */
  answered: string;
  /** What is said of each event, in paragraphs. */
  says: Record<MailEvent, (facts: MailFacts) => string[]>;
  /** How it ended for one account. */
  account: Record<AnsweredState, string>;
  /** What stands below each of them. */
  closing: (facts: MailFacts) => string[];
}

/** A mail about a request. The phrase is in none of them: see docs/decisions/0014. */
export function requestMail(language: Language, event: MailEvent, facts: MailFacts): MailText {
  const { subject, answered, says, account, closing } = WORDS[language];
  const accounts = facts.accounts
    .map(({ channel, state }) => `- ${CHANNEL_NAMES[channel]}: ${account[state]}`)
    .join('\n');
  const paragraphs = [...says[event](facts), accounts, ...closing(facts)];
  return {
    subject: `${event === 'received' ? subject : answered} (${facts.companyName})`,
    text: `${paragraphs.filter((paragraph) => paragraph !== '').join('\n\n')}\n`,
  };
}

const CHANNEL_NAMES: Record<Channel, string> = { instagram: 'Instagram', whatsapp: 'WhatsApp' };

const WORDS: Record<Language, MailWords> = {
  en: {
    subject: 'Your request to delete your data',
    answered: 'The answer to your request to delete your data',
    says: {
      received: ({ companyName, dueAt, deletionUrl }) => [
        `${companyName} has your request to delete your data, and answers it by ${dueAt}.`,
        `One step is left. Send the phrase that we gave you, as a message of its own, from each account that you named. Nothing is deleted before that. The phrase is not in this mail, because it is of use to nobody but whoever asked. If you do not have it, ask again: ${deletionUrl}`,
        'If it was not you who asked, you need not do anything: nothing is deleted without a message from the account itself. You can also take the request back on its page.',
      ],
      erased: ({ companyName }) => [
        `${companyName} has deleted everything that it held of the accounts that your request names.`,
        "The page of your request has the certificate, and says what others still keep for a while and until when. What Meta's own apps keep is not ours to delete.",
      ],
      'erased in part': ({ companyName, deletionUrl }) => [
        `${companyName} has deleted everything that belonged to the accounts that you sent the phrase from.`,
        `The others were never confirmed, and nothing of theirs was deleted. You can ask again for them: ${deletionUrl}`,
      ],
      refused: () => [
        'Your request was refused, and nothing was deleted. The reason stands on its page. You can ask again, write to us, or turn to a data protection authority.',
      ],
      withdrawn: () => ['Your request was taken back, and nothing was deleted.'],
      'not verified': ({ deletionUrl }) => [
        'Nobody sent the phrase from the account that your request names, so nothing was deleted.',
        `You can ask again at any time: ${deletionUrl}`,
      ],
      'nothing found': ({ companyName }) => [
        `${companyName} holds nothing that belongs to your request.`,
      ],
    },
    account: {
      erased: 'deleted',
      'nothing held': 'we hold nothing of it',
      'never confirmed': 'never confirmed, so nothing of it was deleted',
    },
    closing: ({ statusUrl, contactEmail }) => [
      `Where your request stands: ${statusUrl}`,
      `Questions about privacy: ${contactEmail}`,
      'A program wrote this mail. We forget your mail address as soon as your request is answered.',
    ],
  },
  de: {
    subject: 'Ihre Anfrage, Ihre Daten zu löschen',
    answered: 'Die Antwort auf Ihre Anfrage, Ihre Daten zu löschen',
    says: {
      received: ({ companyName, dueAt, deletionUrl }) => [
        `${companyName} hat Ihre Anfrage, Ihre Daten zu löschen, und beantwortet sie bis ${dueAt}.`,
        `Ein Schritt fehlt noch. Senden Sie den Satz, den Sie von uns erhalten haben, als eigene Nachricht von jedem Konto, das Sie genannt haben. Vorher wird nichts gelöscht. Der Satz steht nicht in dieser Mail, weil er nur dem nützt, der gefragt hat. Wenn Sie ihn nicht haben, fragen Sie noch einmal an: ${deletionUrl}`,
        'Wenn Sie das nicht waren, müssen Sie nichts tun: ohne eine Nachricht vom Konto selbst wird nichts gelöscht. Sie können die Anfrage auf ihrer Seite auch zurücknehmen.',
      ],
      erased: ({ companyName }) => [
        `${companyName} hat alles gelöscht, was zu den Konten gespeichert war, die Ihre Anfrage nennt.`,
        'Auf der Seite Ihrer Anfrage finden Sie die Bestätigung, und was andere noch bis wann aufbewahren. Was die Apps von Meta selbst aufbewahren, können wir nicht löschen.',
      ],
      'erased in part': ({ companyName, deletionUrl }) => [
        `${companyName} hat alles gelöscht, was zu den Konten gehört, von denen Sie den Satz gesendet haben.`,
        `Die anderen wurden nie bestätigt, und von ihnen wurde nichts gelöscht. Für sie können Sie noch einmal anfragen: ${deletionUrl}`,
      ],
      refused: () => [
        'Ihre Anfrage wurde abgelehnt, und nichts wurde gelöscht. Der Grund steht auf ihrer Seite. Sie können noch einmal anfragen, uns schreiben oder sich an eine Datenschutzbehörde wenden.',
      ],
      withdrawn: () => ['Ihre Anfrage wurde zurückgenommen, und nichts wurde gelöscht.'],
      'not verified': ({ deletionUrl }) => [
        'Niemand hat den Satz von dem Konto gesendet, das Ihre Anfrage nennt. Deshalb wurde nichts gelöscht.',
        `Sie können jederzeit noch einmal anfragen: ${deletionUrl}`,
      ],
      'nothing found': ({ companyName }) => [
        `${companyName} hat nichts gespeichert, was zu Ihrer Anfrage gehört.`,
      ],
    },
    account: {
      erased: 'gelöscht',
      'nothing held': 'dazu ist nichts gespeichert',
      'never confirmed': 'nie bestätigt, deshalb wurde davon nichts gelöscht',
    },
    closing: ({ statusUrl, contactEmail }) => [
      `Wo Ihre Anfrage steht: ${statusUrl}`,
      `Fragen zum Datenschutz: ${contactEmail}`,
      'Diese Mail hat ein Programm geschrieben. Ihre Mailadresse vergessen wir, sobald Ihre Anfrage beantwortet ist.',
    ],
  },
  es: {
    subject: 'Su solicitud de eliminar sus datos',
    answered: 'La respuesta a su solicitud de eliminar sus datos',
    says: {
      received: ({ companyName, dueAt, deletionUrl }) => [
        `${companyName} ha recibido su solicitud de eliminar sus datos y la responderá a más tardar el ${dueAt}.`,
        `Falta un paso. Envíe la frase que le dimos, como un mensaje aparte, desde cada cuenta que indicó. Antes no se elimina nada. La frase no está en este correo, porque solo sirve a quien hizo la solicitud. Si no la tiene, haga otra solicitud: ${deletionUrl}`,
        'Si no fue usted, no tiene que hacer nada: sin un mensaje de la propia cuenta no se elimina nada. También puede retirar la solicitud en su página.',
      ],
      erased: ({ companyName }) => [
        `${companyName} ha eliminado todo lo que guardaba de las cuentas que indica su solicitud.`,
        'En la página de su solicitud está el certificado, y lo que otros conservan todavía y hasta cuándo. Lo que conservan las aplicaciones de Meta no podemos eliminarlo nosotros.',
      ],
      'erased in part': ({ companyName, deletionUrl }) => [
        `${companyName} ha eliminado todo lo que pertenecía a las cuentas desde las que envió la frase.`,
        `Las demás no se confirmaron, y de ellas no se eliminó nada. Puede hacer otra solicitud para ellas: ${deletionUrl}`,
      ],
      refused: () => [
        'Su solicitud fue rechazada y no se eliminó nada. El motivo está en su página. Puede hacer otra solicitud, escribirnos o dirigirse a una autoridad de protección de datos.',
      ],
      withdrawn: () => ['Su solicitud fue retirada y no se eliminó nada.'],
      'not verified': ({ deletionUrl }) => [
        'Nadie envió la frase desde la cuenta que indica su solicitud, así que no se eliminó nada.',
        `Puede hacer otra solicitud en cualquier momento: ${deletionUrl}`,
      ],
      'nothing found': ({ companyName }) => [
        `${companyName} no guarda nada que corresponda a su solicitud.`,
      ],
    },
    account: {
      erased: 'eliminada',
      'nothing held': 'no guardamos nada de ella',
      'never confirmed': 'no se confirmó, así que de ella no se eliminó nada',
    },
    closing: ({ statusUrl, contactEmail }) => [
      `El estado de su solicitud: ${statusUrl}`,
      `Preguntas sobre privacidad: ${contactEmail}`,
      'Este correo lo ha escrito un programa. Olvidamos su dirección de correo en cuanto se responde a su solicitud.',
    ],
  },
  fr: {
    subject: 'Votre demande de suppression de vos données',
    answered: 'La réponse à votre demande de suppression de vos données',
    says: {
      received: ({ companyName, dueAt, deletionUrl }) => [
        `${companyName} a reçu votre demande de suppression de vos données et y répondra au plus tard le ${dueAt}.`,
        `Il reste une étape. Envoyez la phrase que nous vous avons donnée, dans un message à part, depuis chaque compte que vous avez indiqué. Rien n'est supprimé avant cela. La phrase ne figure pas dans ce courriel, car elle ne sert qu'à la personne qui a fait la demande. Si vous ne l'avez pas, faites une nouvelle demande : ${deletionUrl}`,
        "Si ce n'était pas vous, vous n'avez rien à faire : rien n'est supprimé sans un message du compte lui-même. Vous pouvez aussi retirer la demande sur sa page.",
      ],
      erased: ({ companyName }) => [
        `${companyName} a supprimé tout ce qui était conservé des comptes que votre demande indique.`,
        "La page de votre demande contient le certificat et indique ce que d'autres conservent encore, et jusqu'à quand. Ce que les applications de Meta conservent ne dépend pas de nous.",
      ],
      'erased in part': ({ companyName, deletionUrl }) => [
        `${companyName} a supprimé tout ce qui appartenait aux comptes depuis lesquels vous avez envoyé la phrase.`,
        `Les autres n'ont jamais été confirmés, et rien de ce qui leur appartient n'a été supprimé. Vous pouvez faire une nouvelle demande pour eux : ${deletionUrl}`,
      ],
      refused: () => [
        "Votre demande a été refusée et rien n'a été supprimé. La raison figure sur sa page. Vous pouvez faire une nouvelle demande, nous écrire ou vous adresser à une autorité de protection des données.",
      ],
      withdrawn: () => ["Votre demande a été retirée et rien n'a été supprimé."],
      'not verified': ({ deletionUrl }) => [
        "Personne n'a envoyé la phrase depuis le compte que votre demande indique, donc rien n'a été supprimé.",
        `Vous pouvez faire une nouvelle demande à tout moment : ${deletionUrl}`,
      ],
      'nothing found': ({ companyName }) => [
        `${companyName} ne conserve rien qui corresponde à votre demande.`,
      ],
    },
    account: {
      erased: 'supprimé',
      'nothing held': "nous n'en conservons rien",
      'never confirmed': "jamais confirmé, donc rien n'en a été supprimé",
    },
    closing: ({ statusUrl, contactEmail }) => [
      `Où en est votre demande : ${statusUrl}`,
      `Questions sur la vie privée : ${contactEmail}`,
      'Ce courriel a été écrit par un programme. Nous oublions votre adresse dès que votre demande a reçu sa réponse.',
    ],
  },
  pt: {
    subject: 'O seu pedido para apagar os seus dados',
    answered: 'A resposta ao seu pedido para apagar os seus dados',
    says: {
      received: ({ companyName, dueAt, deletionUrl }) => [
        `${companyName} recebeu o seu pedido para apagar os seus dados e responde até ${dueAt}.`,
        `Falta um passo. Envie a frase que lhe demos, numa mensagem à parte, de cada conta que indicou. Antes disso nada é apagado. A frase não está neste e-mail, porque só serve a quem fez o pedido. Se não a tem, faça outro pedido: ${deletionUrl}`,
        'Se não foi você, não precisa de fazer nada: nada é apagado sem uma mensagem da própria conta. Também pode retirar o pedido na sua página.',
      ],
      erased: ({ companyName }) => [
        `${companyName} apagou tudo o que guardava das contas que o seu pedido indica.`,
        'A página do seu pedido tem o certificado, e diz o que outros ainda guardam e até quando. O que as aplicações da Meta guardam não podemos ser nós a apagar.',
      ],
      'erased in part': ({ companyName, deletionUrl }) => [
        `${companyName} apagou tudo o que pertencia às contas de onde enviou a frase.`,
        `As outras nunca foram confirmadas, e nada delas foi apagado. Pode fazer outro pedido para elas: ${deletionUrl}`,
      ],
      refused: () => [
        'O seu pedido foi recusado e nada foi apagado. O motivo está na sua página. Pode fazer outro pedido, escrever-nos ou dirigir-se a uma autoridade de proteção de dados.',
      ],
      withdrawn: () => ['O seu pedido foi retirado e nada foi apagado.'],
      'not verified': ({ deletionUrl }) => [
        'Ninguém enviou a frase da conta que o seu pedido indica, por isso nada foi apagado.',
        `Pode fazer outro pedido a qualquer momento: ${deletionUrl}`,
      ],
      'nothing found': ({ companyName }) => [
        `${companyName} não guarda nada que pertença ao seu pedido.`,
      ],
    },
    account: {
      erased: 'apagada',
      'nothing held': 'não guardamos nada dela',
      'never confirmed': 'nunca foi confirmada, por isso nada dela foi apagado',
    },
    closing: ({ statusUrl, contactEmail }) => [
      `O estado do seu pedido: ${statusUrl}`,
      `Perguntas sobre privacidade: ${contactEmail}`,
      'Este e-mail foi escrito por um programa. Esquecemos o seu endereço assim que o seu pedido tem resposta.',
    ],
  },
};
