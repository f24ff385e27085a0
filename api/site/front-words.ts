import type { Language } from '../../domain/assistant.ts';

type OfCompany = (companyName: string) => string;

/** The words of the front page. */
interface FrontWords {
  title: OfCompany;
  who: OfCompany;
  languages: string;
  deletion: {
    title: string;
    text: OfCompany;
    ask: string;
    code: string;
    hint: string;
    show: string;
  };
  certificate: string;
  simulator: { title: string; text: OfCompany; open: string };
  staff: {
    title: string;
    text: string;
    conversations: string;
    requests: string;
    onlyHere: string;
  };
}

export const FRONT_WORDS: Record<Language, FrontWords> = {
  en: {
    title: (company) => `Chatting with ${company}`,
    who: (company) =>
      `${company} answers messages on Instagram Direct and WhatsApp with an automated assistant. Write HUMAN in the chat for a person. Here you can have your data deleted, and see what became of your request.`,
    languages: 'Languages',
    deletion: {
      title: 'Delete my data',
      text: (company) =>
        `Everything that ${company} holds about you from these chats, deleted for good, with an answer within 72 hours.`,
      ask: 'Ask for deletion',
      code: 'Code of your request',
      hint: 'The 26 letters and digits that you got, or the whole address.',
      show: 'See where it stands',
    },
    certificate: 'Check a certificate',
    simulator: {
      title: 'Simulator',
      text: (company) =>
        `Two phones, in place of Instagram and WhatsApp: write to ${company} as a customer would, and watch what happens behind.`,
      open: 'Open the simulator',
    },
    staff: {
      title: 'Staff and Temporal',
      text: 'What runs, step by step, in Temporal. Messages are never in it; what else is sealed there opens on this machine.',
      conversations: 'Conversations in Temporal',
      requests: 'Privacy requests in Temporal',
      onlyHere: 'The simulator and Temporal are shown on this machine only.',
    },
  },
  de: {
    title: (company) => `Im Chat mit ${company}`,
    who: (company) =>
      `${company} beantwortet Nachrichten auf Instagram Direct und WhatsApp mit einem automatischen Assistenten. Schreiben Sie im Chat MENSCH, um mit einem Menschen zu sprechen. Hier können Sie Ihre Daten löschen lassen und sehen, was aus Ihrem Antrag geworden ist.`,
    languages: 'Sprachen',
    deletion: {
      title: 'Meine Daten löschen',
      text: (company) =>
        `Alles, was ${company} aus diesen Chats über Sie gespeichert hat, wird endgültig gelöscht. Sie erhalten innerhalb von 72 Stunden eine Antwort.`,
      ask: 'Löschung beantragen',
      code: 'Code Ihres Antrags',
      hint: 'Die 26 Buchstaben und Ziffern, die Sie erhalten haben, oder die ganze Adresse.',
      show: 'Stand ansehen',
    },
    certificate: 'Zertifikat prüfen',
    simulator: {
      title: 'Simulator',
      text: (company) =>
        `Zwei Telefone anstelle von Instagram und WhatsApp: Schreiben Sie ${company} wie ein Kunde und sehen Sie, was dahinter geschieht.`,
      open: 'Simulator öffnen',
    },
    staff: {
      title: 'Team und Temporal',
      text: 'Was läuft, Schritt für Schritt, in Temporal. Nachrichten stehen dort nie; was dort sonst versiegelt ist, lässt sich auf diesem Rechner öffnen.',
      conversations: 'Gespräche in Temporal',
      requests: 'Datenschutzanträge in Temporal',
      onlyHere: 'Der Simulator und Temporal erscheinen nur auf diesem Rechner.',
    },
  },
  es: {
    title: (company) => `Chatear con ${company}`,
    who: (company) =>
      `${company} responde a los mensajes de Instagram Direct y WhatsApp con un asistente automático. Escriba HUMANO en el chat para hablar con una persona. Aquí puede pedir que se eliminen sus datos y ver qué ha pasado con su solicitud.`,
    languages: 'Idiomas',
    deletion: {
      title: 'Eliminar mis datos',
      text: (company) =>
        `Todo lo que ${company} guarda sobre usted de estos chats se elimina de forma definitiva. Recibirá una respuesta en un plazo de 72 horas.`,
      ask: 'Solicitar la eliminación',
      code: 'Código de su solicitud',
      hint: 'Las 26 letras y cifras que recibió, o la dirección completa.',
      show: 'Ver en qué punto está',
    },
    certificate: 'Comprobar un certificado',
    simulator: {
      title: 'Simulador',
      text: (company) =>
        `Dos teléfonos en lugar de Instagram y WhatsApp: escriba a ${company} como lo haría un cliente y vea qué ocurre por detrás.`,
      open: 'Abrir el simulador',
    },
    staff: {
      title: 'Equipo y Temporal',
      text: 'Lo que se está ejecutando, paso a paso, en Temporal. Ahí nunca hay mensajes; lo demás que está sellado se puede abrir en este equipo.',
      conversations: 'Conversaciones en Temporal',
      requests: 'Solicitudes de privacidad en Temporal',
      onlyHere: 'El simulador y Temporal solo se muestran en este equipo.',
    },
  },
  pt: {
    title: (company) => `Conversar com ${company}`,
    who: (company) =>
      `${company} responde às mensagens do Instagram Direct e do WhatsApp com um assistente automático. Escreva HUMANO no chat para falar com uma pessoa. Aqui pode pedir que os seus dados sejam apagados e ver o que aconteceu ao seu pedido.`,
    languages: 'Idiomas',
    deletion: {
      title: 'Apagar os meus dados',
      text: (company) =>
        `Tudo o que ${company} guarda sobre si destas conversas é apagado definitivamente. Recebe uma resposta no prazo de 72 horas.`,
      ask: 'Pedir que sejam apagados',
      code: 'Código do seu pedido',
      hint: 'As 26 letras e algarismos que recebeu, ou o endereço completo.',
      show: 'Ver o estado do pedido',
    },
    certificate: 'Verificar um certificado',
    simulator: {
      title: 'Simulador',
      text: (company) =>
        `Dois telefones no lugar do Instagram e do WhatsApp: escreva a ${company} como um cliente e veja o que acontece por trás.`,
      open: 'Abrir o simulador',
    },
    staff: {
      title: 'Equipa e Temporal',
      text: 'O que está a decorrer, passo a passo, no Temporal. Nunca há lá mensagens; o resto que está selado pode ser aberto neste computador.',
      conversations: 'Conversas no Temporal',
      requests: 'Pedidos de privacidade no Temporal',
      onlyHere: 'O simulador e o Temporal só aparecem neste computador.',
    },
  },
  fr: {
    title: (company) => `Discuter avec ${company}`,
    who: (company) =>
      `${company} répond aux messages sur Instagram Direct et WhatsApp avec un assistant automatique. Écrivez HUMAIN dans la conversation pour parler à une personne. Ici, vous pouvez faire supprimer vos données et suivre votre demande.`,
    languages: 'Langues',
    deletion: {
      title: 'Supprimer mes données',
      text: (company) =>
        `Tout ce que ${company} conserve sur vous de ces conversations est supprimé définitivement. Vous recevez une réponse sous 72 heures.`,
      ask: 'Demander la suppression',
      code: 'Code de votre demande',
      hint: 'Les 26 lettres et chiffres que vous avez reçus, ou l’adresse complète.',
      show: 'Voir où elle en est',
    },
    certificate: 'Vérifier un certificat',
    simulator: {
      title: 'Simulateur',
      text: (company) =>
        `Deux téléphones à la place d’Instagram et de WhatsApp : écrivez à ${company} comme le ferait un client, et regardez ce qui se passe derrière.`,
      open: 'Ouvrir le simulateur',
    },
    staff: {
      title: 'Équipe et Temporal',
      text: 'Ce qui est en cours, étape par étape, dans Temporal. Les messages n’y figurent jamais ; ce qui y est scellé par ailleurs peut être ouvert sur cet ordinateur.',
      conversations: 'Conversations dans Temporal',
      requests: 'Demandes de confidentialité dans Temporal',
      onlyHere: 'Le simulateur et Temporal ne s’affichent que sur cet ordinateur.',
    },
  },
};

/** Each language by its own name. */
export const LANGUAGE_NAMES: Record<Language, string> = {
  en: 'English',
  de: 'Deutsch',
  es: 'Español',
  pt: 'Português',
  fr: 'Français',
};
