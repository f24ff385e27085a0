import { some, words } from './wishes.ts';
import type { Wishes } from './wishes.ts';

const DELETE =
  '(?:apag(?:ar|a|ue|uem|ues|uei)|exclu(?:ir|a|am|i|is)|elimin(?:ar|a|e|em|es)|delet(?:ar|a|e|em)|remov(?:er|a|am|e)|destru(?:ir|a|am)|suprim(?:ir|a|am))';
const DELETED = '(?:apagad|excluid|eliminad|deletad|removid|destruid|suprimid)[oa]s?';
const KIND = 'tudo|todo|todos|toda|todas|o|os|a|as|de|dos|das|ja|imediatamente|completamente';
const PERSONAL = '(?: (?:pessoal|pessoais|privados|privadas|guardados|armazenados))*';
const THINGS =
  '(?:dados|dado|informacao|informacoes|mensagens|conversas?|historico|chats?|registos|registros)';
const YOU_HAVE =
  '(?:(?:voces? |vcs? |o senhor |a senhora )?(?:sabem?|sabes|tem|tens|tenham?|guardam?|guardas|guardaram|armazenam?|possuem?|coletaram|recolheram)(?: guardad[oa]s?| armazenad[oa]s?)?)';
const ABOUT_ME = '(?:sobre mim|de mim|a meu respeito|meus|minhas)';
const OBJECT = `(?:${some(KIND)}(?:meus|minhas|minha|meu) ${THINGS}${PERSONAL}|${some(KIND)}${THINGS}${PERSONAL} (?:que ${YOU_HAVE} )?${ABOUT_ME}|tudo (?:o )?(?:que ${YOU_HAVE} )?${ABOUT_ME})`;
const SOFT = 'ja|por favor|agora|imediatamente|voce|voces|tudo|todos';
const END =
  '(?=$| (?:por favor|pf|ja|agora|hoje|imediatamente|e|ou|que|obrigad[oa]|segundo|conforme|para sempre|do (?:sistema|seu|vosso)|da (?:sua|vossa|base)|dos (?:seus|vossos)|das suas|no seu|completamente|definitivamente|permanentemente|de forma|de vez|nos termos|ao abrigo|porque|com base)(?: |$))';
const HUMAN =
  '(?:(?:um|uma|algum|alguma|outro|outra|seu|vosso|o|a|verdadeiro|real) ){0,2}(?:humano|humana|pessoa|pessoa real|pessoa de verdade|ser humano|agente|alguem|atendente|operador|operadora|funcionario|funcionaria|responsavel|assistente humano)';

export const WISHES_PT: Wishes = {
  unless:
    /(?:^| )(?:nao|nunca|jamais|quando|por que|porque e que|quem|apagaram|quanto tempo|antes de|depois de|ate)(?: |$)/,
  'delete my data': [
    words`${DELETE} ${some(SOFT, 2)}${OBJECT}${END}`,
    words`(?:que )?${OBJECT} (?:sejam?|fossem?|devem ser|serem) ${DELETED}`,
    words`${OBJECT} ${DELETED}`,
    words`(?:eliminacao|exclusao|apagamento|remocao|destruicao) (?:completa |total |imediata )?(?:de |dos |das |da )${OBJECT}`,
    words`(?:ser|seja) esquecid[oa]`,
    words`direito (?:ao esquecimento|ao apagamento|a exclusao|a eliminacao|de ser esquecid[oa]|a ser esquecid[oa])`,
    words`(?:esqueca|esquecam|esquece) (?:se )?(?:me|de mim)$`,
    words`(?:me (?:esqueca|esquecam|esquecer)|se esquecam de mim)$`,
    words`(?:lgpd|rgpd|gdpr|art(?:igo)? 17|art(?:igo)? 18) .{0,60}(?:apag|exclu|elimin|delet|esquec)[a-z]*`,
    words`(?:apag|exclu|elimin|delet|esquec)[a-z]* .{0,60}(?:lgpd|rgpd|gdpr|art(?:igo)? 17|art(?:igo)? 18)`,
  ],
  'my data': [
    words`(?:copia|exportacao|resumo) (?:de |dos |das |da )${OBJECT}${END}`,
    words`(?:ver|mostre me|mostra me|me mostre|me mostra|envie me|me envie|de me|me de|descarregar|baixar|exportar|consultar|receber|obter|acessar|aceder a) ${OBJECT}${END}`,
    words`(?:que|quais) (?:${THINGS}(?: pessoais)? )?(?:e que )?${YOU_HAVE} ${ABOUT_ME}`,
    words`(?:direito de acesso|pedido de acesso|direito a portabilidade|acesso (?:a|aos) ${OBJECT})`,
  ],
  human: [
    words`(?:falar|conversar|falo|contactar|contatar) (?:com|a) ${HUMAN}(?=$| (?:por favor|pf|agora|de verdade|real|sobre|da equipa|da equipe|do|obrigad[oa])(?: |$))`,
    words`(?:passe me|me passe|me passa|me transfira|transfira me|me conecte|ligue me) (?:para|com|a) ${HUMAN}`,
    words`(?:quero|preciso de|prefiro) (?:um humano|uma pessoa real|um ser humano|um atendente|uma pessoa de verdade)(?: por favor)?$`,
    words`(?:ha|tem|existe) (?:alguma pessoa|algum humano|alguem|uma pessoa)(?: ai| aqui| real| com quem falar)+$`,
  ],
  stop: [
    words`nao (?:me )?(?:escrevam?|enviem?|mandem?|contactem?|contatem?) (?:mais|mais mensagens|mensagens|nunca mais)(?: mensagens)?$`,
    words`nao quero (?:receber )?mais mensagens$`,
    words`(?:parem?|para|pare|deixem?) de (?:me (?:escrever|enviar mensagens|mandar mensagens|contactar|contatar|incomodar)|escrever me|enviar me mensagens)$`,
    words`^(?:por favor )?(?:me deixem?|deixem? me|deixa me) em paz$`,
    words`quero cancelar (?:a )?(?:minha )?(?:inscricao|subscricao)$`,
  ],
};
