import type { Language } from '../../domain/assistant.ts';

/** What a page says in the place of a problem's own English words. */
interface ProblemWords {
  title: string;
  detail: string;
}
/** Each kind of refusal that a person may run into, by what they can do about it. */
export type ProblemKind = 'not found' | 'not allowed' | 'not understood' | 'too much' | 'broken';

export const PROBLEM_WORDS: Record<
  Exclude<Language, 'en'>,
  Record<ProblemKind, ProblemWords> & { front: string; deletion: string }
> = {
  de: {
    front: 'Zur Startseite',
    deletion: 'Meine Daten löschen',
    'not found': { title: 'Nicht gefunden', detail: 'Unter dieser Adresse gibt es nichts.' },
    'not allowed': { title: 'Nicht erlaubt', detail: 'Von hier aus geht das nicht.' },
    'not understood': {
      title: 'Nicht verstanden',
      detail: 'So konnte die Anfrage nicht bearbeitet werden. Es wurde nichts geändert.',
    },
    'too much': {
      title: 'Zu viel auf einmal',
      detail: 'Versuchen Sie es in einer Minute noch einmal.',
    },
    broken: {
      title: 'Fehler bei uns',
      detail: 'Bei uns ist etwas kaputt. Versuchen Sie es später noch einmal.',
    },
  },
  es: {
    front: 'Ir a la página de inicio',
    deletion: 'Eliminar mis datos',
    'not found': { title: 'No encontrado', detail: 'No hay nada en esta dirección.' },
    'not allowed': { title: 'No permitido', detail: 'Esto no se puede hacer desde aquí.' },
    'not understood': {
      title: 'No se ha entendido',
      detail: 'La solicitud no se ha podido atender así. No se ha cambiado nada.',
    },
    'too much': { title: 'Demasiado a la vez', detail: 'Vuelva a intentarlo dentro de un minuto.' },
    broken: {
      title: 'Error nuestro',
      detail: 'Algo no funciona por nuestra parte. Vuelva a intentarlo más tarde.',
    },
  },
  pt: {
    front: 'Ir para a página inicial',
    deletion: 'Apagar os meus dados',
    'not found': { title: 'Não encontrado', detail: 'Não há nada neste endereço.' },
    'not allowed': { title: 'Não permitido', detail: 'Isto não pode ser feito a partir daqui.' },
    'not understood': {
      title: 'Não foi entendido',
      detail: 'O pedido não pôde ser tratado assim. Nada foi alterado.',
    },
    'too much': { title: 'Demasiado de uma vez', detail: 'Tente de novo dentro de um minuto.' },
    broken: {
      title: 'Erro nosso',
      detail: 'Algo não está a funcionar do nosso lado. Tente de novo mais tarde.',
    },
  },
  fr: {
    front: 'Aller à la page d’accueil',
    deletion: 'Supprimer mes données',
    'not found': { title: 'Introuvable', detail: 'Il n’y a rien à cette adresse.' },
    'not allowed': { title: 'Non autorisé', detail: 'Ce n’est pas possible d’ici.' },
    'not understood': {
      title: 'Demande non comprise',
      detail: 'La demande n’a pas pu être traitée ainsi. Rien n’a été modifié.',
    },
    'too much': { title: 'Trop à la fois', detail: 'Réessayez dans une minute.' },
    broken: {
      title: 'Erreur de notre côté',
      detail: 'Quelque chose ne fonctionne pas chez nous. Réessayez plus tard.',
    },
  },
};
