import type { Language } from './assistant.ts';

/** What is said in the chat about a deletion. */
export interface RequestMessages {
  /** The confirming step: `phrase` sent back proves that the person means it, and `statusUrl` shows where it stands. */
  confirmDeletion(facts: { phrase: string; statusUrl: string }): string;
  /** Said instead to a person who has asked often today. */
  deletionsOpen(facts: { pageUrl: string }): string;
  /** What a phrase is answered with, should the person still be there to be answered. */
  phrase: Record<PhraseFate, string>;
  /** The last words, sent after everything is gone. */
  erased(facts: { companyName: string }): string;
  /** The same where another account that the request names was never confirmed. */
  erasedInPart(facts: { companyName: string }): string;
}

/**
 * What the sender of a phrase is told: that it came, or that its request does not name the account that it came from,
 * or is over. A right one and a wrong one get the same words, so that nobody learns by trying.
 */
export type PhraseFate = 'received' | 'not named' | 'too late';

export const REQUEST_MESSAGES: Record<Language, RequestMessages> = {
  en: {
    confirmDeletion: ({ phrase, statusUrl }) =>
      `To have everything that we hold about you deleted for good, send this back as a message of its own:\n\n${phrase}\n\nYou can follow it here, so keep this address: ${statusUrl}`,
    deletionsOpen: ({ pageUrl }) =>
      `You have asked for this several times today, and none was confirmed. Send back any of the phrases above as a message of its own; each still works. Or ask on this page: ${pageUrl}`,
    phrase: {
      received:
        'Thank you. If this phrase belongs to an open request that names this account, what we hold of it is being deleted now, and the page of the request shows it. If it does not, write DELETE MY DATA to get a new phrase.',
      'not named':
        'This phrase belongs to a request that does not name this account, so nothing was deleted. If the account is yours, correct the request on its page and send the phrase again. Or write DELETE MY DATA here to have what we hold of this account deleted.',
      'too late':
        'The request that this phrase belongs to is over, so this message deletes nothing. To have what we hold of this account deleted, write DELETE MY DATA here.',
    },
    erased: ({ companyName }) =>
      `${companyName} has deleted everything that it held about you here. The page of your request has the certificate. What Meta's own apps keep is not ours to delete.`,
    erasedInPart: ({ companyName }) =>
      `${companyName} has deleted what it held about you here. Another account that your request names was never confirmed, and nothing of it was deleted. The certificate is on the page of your request. What Meta's own apps keep is not ours to delete.`,
  },
  de: {
    confirmDeletion: ({ phrase, statusUrl }) =>
      `Damit alles, was wir über Sie speichern, endgültig gelöscht wird, senden Sie dies als eigene Nachricht zurück:\n\n${phrase}\n\nHier sehen Sie den Stand, bitte bewahren Sie die Adresse auf: ${statusUrl}`,
    deletionsOpen: ({ pageUrl }) =>
      `Sie haben das heute mehrmals verlangt, und nichts davon wurde bestätigt. Senden Sie einen der Sätze von oben als eigene Nachricht zurück; jeder gilt noch. Oder fragen Sie auf dieser Seite an: ${pageUrl}`,
    phrase: {
      received:
        'Danke. Wenn dieser Satz zu einer offenen Anfrage gehört, die dieses Konto nennt, wird jetzt gelöscht, was wir dazu gespeichert haben, und die Seite der Anfrage zeigt es. Wenn nicht, schreiben Sie MEINE DATEN LÖSCHEN, um einen neuen Satz zu erhalten.',
      'not named':
        'Dieser Satz gehört zu einer Anfrage, die dieses Konto nicht nennt. Deshalb wurde nichts gelöscht. Wenn es Ihr Konto ist, berichtigen Sie die Anfrage auf ihrer Seite und senden Sie den Satz noch einmal. Oder schreiben Sie hier MEINE DATEN LÖSCHEN, damit gelöscht wird, was wir zu diesem Konto gespeichert haben.',
      'too late':
        'Die Anfrage, zu der dieser Satz gehört, ist abgeschlossen. Diese Nachricht löscht deshalb nichts. Damit gelöscht wird, was wir zu diesem Konto gespeichert haben, schreiben Sie hier MEINE DATEN LÖSCHEN.',
    },
    erased: ({ companyName }) =>
      `${companyName} hat alles gelöscht, was hier über Sie gespeichert war. Die Bestätigung finden Sie auf der Seite Ihrer Anfrage. Was die Apps von Meta selbst aufbewahren, können wir nicht löschen.`,
    erasedInPart: ({ companyName }) =>
      `${companyName} hat gelöscht, was hier über Sie gespeichert war. Ein anderes Konto, das Ihre Anfrage nennt, wurde nie bestätigt, und von ihm wurde nichts gelöscht. Die Bestätigung finden Sie auf der Seite Ihrer Anfrage. Was die Apps von Meta selbst aufbewahren, können wir nicht löschen.`,
  },
  es: {
    confirmDeletion: ({ phrase, statusUrl }) =>
      `Para que eliminemos definitivamente todo lo que guardamos sobre usted, envíe esto como un mensaje aparte:\n\n${phrase}\n\nAquí puede seguir su solicitud; guarde esta dirección: ${statusUrl}`,
    deletionsOpen: ({ pageUrl }) =>
      `Hoy lo ha pedido varias veces y ninguna se ha confirmado. Envíe una de las frases de arriba como un mensaje aparte; todas siguen siendo válidas. O pídalo en esta página: ${pageUrl}`,
    phrase: {
      received:
        'Gracias. Si esta frase pertenece a una solicitud abierta que indica esta cuenta, ahora se está eliminando lo que guardamos de ella, y la página de la solicitud lo muestra. Si no, escriba BORRAR MIS DATOS para obtener una frase nueva.',
      'not named':
        'Esta frase pertenece a una solicitud que no indica esta cuenta, así que no se eliminó nada. Si la cuenta es suya, corrija la solicitud en su página y envíe la frase otra vez. O escriba aquí BORRAR MIS DATOS para que eliminemos lo que guardamos de esta cuenta.',
      'too late':
        'La solicitud a la que pertenece esta frase ya está cerrada, así que este mensaje no elimina nada. Para que eliminemos lo que guardamos de esta cuenta, escriba aquí BORRAR MIS DATOS.',
    },
    erased: ({ companyName }) =>
      `${companyName} ha eliminado todo lo que guardaba aquí sobre usted. El certificado está en la página de su solicitud. Lo que conservan las aplicaciones de Meta no podemos eliminarlo nosotros.`,
    erasedInPart: ({ companyName }) =>
      `${companyName} ha eliminado lo que guardaba aquí sobre usted. Otra cuenta que indica su solicitud no se confirmó, y de ella no se eliminó nada. El certificado está en la página de su solicitud. Lo que conservan las aplicaciones de Meta no podemos eliminarlo nosotros.`,
  },
  fr: {
    confirmDeletion: ({ phrase, statusUrl }) =>
      `Pour que tout ce que nous conservons sur vous soit supprimé définitivement, renvoyez ceci dans un message à part :\n\n${phrase}\n\nVous pouvez suivre votre demande ici, gardez cette adresse : ${statusUrl}`,
    deletionsOpen: ({ pageUrl }) =>
      `Vous l'avez demandé plusieurs fois aujourd'hui sans le confirmer. Renvoyez l'une des phrases ci-dessus dans un message à part ; chacune reste valable. Ou faites la demande sur cette page : ${pageUrl}`,
    phrase: {
      received:
        "Merci. Si cette phrase appartient à une demande en cours qui indique ce compte, ce que nous en conservons est en train d'être supprimé, et la page de la demande le montre. Sinon, écrivez SUPPRIMER MES DONNÉES pour recevoir une nouvelle phrase.",
      'not named':
        "Cette phrase appartient à une demande qui n'indique pas ce compte, donc rien n'a été supprimé. Si ce compte est le vôtre, corrigez la demande sur sa page et renvoyez la phrase. Ou écrivez ici SUPPRIMER MES DONNÉES pour faire supprimer ce que nous conservons de ce compte.",
      'too late':
        'La demande à laquelle cette phrase appartient est close, donc ce message ne supprime rien. Pour faire supprimer ce que nous conservons de ce compte, écrivez ici SUPPRIMER MES DONNÉES.',
    },
    erased: ({ companyName }) =>
      `${companyName} a supprimé tout ce qui était conservé ici à votre sujet. Le certificat se trouve sur la page de votre demande. Ce que les applications de Meta conservent ne dépend pas de nous.`,
    erasedInPart: ({ companyName }) =>
      `${companyName} a supprimé ce qui était conservé ici à votre sujet. Un autre compte que votre demande indique n'a jamais été confirmé, et rien de ce qui lui appartient n'a été supprimé. Le certificat se trouve sur la page de votre demande. Ce que les applications de Meta conservent ne dépend pas de nous.`,
  },
  pt: {
    confirmDeletion: ({ phrase, statusUrl }) =>
      `Para que tudo o que guardamos sobre si seja apagado definitivamente, envie isto de volta numa mensagem à parte:\n\n${phrase}\n\nPode acompanhar o pedido aqui; guarde este endereço: ${statusUrl}`,
    deletionsOpen: ({ pageUrl }) =>
      `Pediu isto várias vezes hoje e nenhuma foi confirmada. Envie de volta uma das frases acima numa mensagem à parte; todas continuam válidas. Ou peça nesta página: ${pageUrl}`,
    phrase: {
      received:
        'Obrigado. Se esta frase pertence a um pedido em aberto que indica esta conta, o que guardamos dela está a ser apagado agora, e a página do pedido mostra-o. Se não, escreva APAGAR MEUS DADOS para obter uma nova frase.',
      'not named':
        'Esta frase pertence a um pedido que não indica esta conta, por isso nada foi apagado. Se a conta é sua, corrija o pedido na página dele e envie a frase outra vez. Ou escreva aqui APAGAR MEUS DADOS para apagarmos o que guardamos desta conta.',
      'too late':
        'O pedido a que esta frase pertence já terminou, por isso esta mensagem não apaga nada. Para apagarmos o que guardamos desta conta, escreva aqui APAGAR MEUS DADOS.',
    },
    erased: ({ companyName }) =>
      `${companyName} apagou tudo o que guardava aqui sobre si. O certificado está na página do seu pedido. O que as aplicações da Meta guardam não podemos ser nós a apagar.`,
    erasedInPart: ({ companyName }) =>
      `${companyName} apagou o que guardava aqui sobre si. Outra conta que o seu pedido indica nunca foi confirmada, e nada dela foi apagado. O certificado está na página do seu pedido. O que as aplicações da Meta guardam não podemos ser nós a apagar.`,
  },
};
