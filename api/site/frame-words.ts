import type { Language } from '../../domain/assistant.ts';

/** What stands around every public page. */
interface FrameWords {
  deleteMyData: string;
  checkCertificate: string;
  privacy: string;
  questions: string;
}

export const FRAME_WORDS: Record<Language, FrameWords> = {
  en: {
    deleteMyData: 'Delete my data',
    checkCertificate: 'Check a certificate',
    privacy: 'Privacy',
    questions: 'Questions about privacy:',
  },
  de: {
    deleteMyData: 'Meine Daten löschen',
    checkCertificate: 'Zertifikat prüfen',
    privacy: 'Datenschutz',
    questions: 'Fragen zum Datenschutz:',
  },
  es: {
    deleteMyData: 'Eliminar mis datos',
    checkCertificate: 'Comprobar un certificado',
    privacy: 'Privacidad',
    questions: 'Preguntas sobre privacidad:',
  },
  pt: {
    deleteMyData: 'Apagar os meus dados',
    checkCertificate: 'Verificar um certificado',
    privacy: 'Privacidade',
    questions: 'Perguntas sobre privacidade:',
  },
  fr: {
    deleteMyData: 'Supprimer mes données',
    checkCertificate: 'Vérifier un certificat',
    privacy: 'Confidentialité',
    questions: 'Questions sur la confidentialité :',
  },
};
