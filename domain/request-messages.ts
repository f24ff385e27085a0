import type { Language } from './assistant.ts';

/** What is said in the chat about a deletion. */
export interface RequestMessages {
  /** The confirming step: `phrase` sent back proves that the person means it, and `statusUrl` shows where it stands. */
  confirmDeletion(facts: { phrase: string; statusUrl: string }): string;
  /** Said instead of it to whoever has asked often today. */
  deletionsOpen(facts: { pageUrl: string }): string;
  /** What a phrase is answered with, right or wrong, should the person still be there to be answered. */
  phraseReceived: string;
  /** The last words, sent after everything is gone. */
  erased(facts: { companyName: string }): string;
}

export const REQUEST_MESSAGES: Record<Language, RequestMessages> = {
  en: {
    confirmDeletion: ({ phrase, statusUrl }) =>
      `To have everything that we hold about you deleted for good, send this back as a message of its own:\n\n${phrase}\n\nYou can follow it here, so keep this address: ${statusUrl}`,
    deletionsOpen: ({ pageUrl }) =>
      `You have asked for this several times today, and none was confirmed. Send back any of the phrases above as a message of its own; each still works. Or ask on this page: ${pageUrl}`,
    phraseReceived:
      'Thank you. If this phrase belongs to an open request, everything is being deleted now, and you will get word when it is done. If you hear nothing within an hour, write DELETE MY DATA to get a new phrase.',
    erased: ({ companyName }) =>
      `${companyName} has deleted everything that it held about you here. The page of your request has the certificate. What Meta's own apps keep is not ours to delete.`,
  },
  de: {
    confirmDeletion: ({ phrase, statusUrl }) =>
      `Damit alles, was wir über Sie speichern, endgültig gelöscht wird, senden Sie dies als eigene Nachricht zurück:\n\n${phrase}\n\nHier sehen Sie den Stand, bitte bewahren Sie die Adresse auf: ${statusUrl}`,
    deletionsOpen: ({ pageUrl }) =>
      `Sie haben das heute mehrmals verlangt, und nichts davon wurde bestätigt. Senden Sie einen der Sätze von oben als eigene Nachricht zurück; jeder gilt noch. Oder fragen Sie auf dieser Seite an: ${pageUrl}`,
    phraseReceived:
      'Danke. Wenn dieser Satz zu einer offenen Anfrage gehört, wird jetzt alles gelöscht, und Sie erhalten Nachricht, sobald es erledigt ist. Wenn Sie innerhalb einer Stunde nichts hören, schreiben Sie MEINE DATEN LÖSCHEN, um einen neuen Satz zu erhalten.',
    erased: ({ companyName }) =>
      `${companyName} hat alles gelöscht, was hier über Sie gespeichert war. Die Bestätigung finden Sie auf der Seite Ihrer Anfrage. Was die Apps von Meta selbst aufbewahren, können wir nicht löschen.`,
  },
  es: {
    confirmDeletion: ({ phrase, statusUrl }) =>
      `Para que eliminemos definitivamente todo lo que guardamos sobre usted, envíe esto como un mensaje aparte:\n\n${phrase}\n\nAquí puede seguir su solicitud; guarde esta dirección: ${statusUrl}`,
    deletionsOpen: ({ pageUrl }) =>
      `Hoy lo ha pedido varias veces y ninguna se ha confirmado. Envíe una de las frases de arriba como un mensaje aparte; todas siguen siendo válidas. O pídalo en esta página: ${pageUrl}`,
    phraseReceived:
      'Gracias. Si esta frase pertenece a una solicitud abierta, ahora se está eliminando todo y le avisaremos cuando haya terminado. Si no recibe noticias en una hora, escriba BORRAR MIS DATOS para obtener una frase nueva.',
    erased: ({ companyName }) =>
      `${companyName} ha eliminado todo lo que guardaba aquí sobre usted. El certificado está en la página de su solicitud. Lo que conservan las aplicaciones de Meta no podemos eliminarlo nosotros.`,
  },
  fr: {
    confirmDeletion: ({ phrase, statusUrl }) =>
      `Pour que tout ce que nous conservons sur vous soit supprimé définitivement, renvoyez ceci dans un message à part :\n\n${phrase}\n\nVous pouvez suivre votre demande ici, gardez cette adresse : ${statusUrl}`,
    deletionsOpen: ({ pageUrl }) =>
      `Vous l'avez demandé plusieurs fois aujourd'hui sans le confirmer. Renvoyez l'une des phrases ci-dessus dans un message à part ; chacune reste valable. Ou faites la demande sur cette page : ${pageUrl}`,
    phraseReceived:
      "Merci. Si cette phrase correspond à une demande en cours, tout est en train d'être supprimé, et vous serez prévenu quand ce sera fait. Sans nouvelles d'ici une heure, écrivez SUPPRIMER MES DONNÉES pour recevoir une nouvelle phrase.",
    erased: ({ companyName }) =>
      `${companyName} a supprimé tout ce qui était conservé ici à votre sujet. Le certificat se trouve sur la page de votre demande. Ce que les applications de Meta conservent ne dépend pas de nous.`,
  },
  pt: {
    confirmDeletion: ({ phrase, statusUrl }) =>
      `Para que tudo o que guardamos sobre si seja apagado definitivamente, envie isto de volta numa mensagem à parte:\n\n${phrase}\n\nPode acompanhar o pedido aqui; guarde este endereço: ${statusUrl}`,
    deletionsOpen: ({ pageUrl }) =>
      `Pediu isto várias vezes hoje e nenhuma foi confirmada. Envie de volta uma das frases acima numa mensagem à parte; todas continuam válidas. Ou peça nesta página: ${pageUrl}`,
    phraseReceived:
      'Obrigado. Se esta frase pertence a um pedido em aberto, tudo está a ser apagado agora, e receberá uma mensagem quando estiver concluído. Se não receber notícias dentro de uma hora, escreva APAGAR MEUS DADOS para obter uma nova frase.',
    erased: ({ companyName }) =>
      `${companyName} apagou tudo o que guardava aqui sobre si. O certificado está na página do seu pedido. O que as aplicações da Meta guardam não podemos ser nós a apagar.`,
  },
};
