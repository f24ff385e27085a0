import { CONVERSATION_TYPE } from '../../domain/conversation.ts';
import { ERASURE_REQUEST_TYPE } from '../../domain/privacy-request.ts';

/** Where Temporal's UI lists the conversations, and where the privacy requests: each in its namespace, and nothing else. */
export interface UiAddresses {
  conversations: string;
  requests: string;
}

/** Null without a UI. Its bare address leads to the namespace `default`, in which there is nothing. */
export function uiAddresses(settings: {
  TEMPORAL_UI_URL?: string | undefined;
  TEMPORAL_CONVERSATIONS_NAMESPACE: string;
  TEMPORAL_PRIVACY_NAMESPACE: string;
}): UiAddresses | null {
  const { TEMPORAL_UI_URL: url } = settings;
  if (url === undefined) return null;
  return {
    conversations: listOf(url, settings.TEMPORAL_CONVERSATIONS_NAMESPACE, CONVERSATION_TYPE),
    requests: listOf(url, settings.TEMPORAL_PRIVACY_NAMESPACE, ERASURE_REQUEST_TYPE),
  };
}

function listOf(uiUrl: string, namespace: string, workflowType: string): string {
  const query = encodeURIComponent(`WorkflowType="${workflowType}"`);
  return `${uiUrl}/namespaces/${encodeURIComponent(namespace)}/workflows?query=${query}`;
}
