import { CHANNELS } from '../../domain/channels.ts';
import type { Channel } from '../../domain/channels.ts';

/** With the version, as the settings for the Graph URLs want it. */
export const GRAPH_PATH = '/simulator/graph/v25.0';

/**
 * The channels whose replies go to the simulator. A phone on any other would tell the real business of people who do
 * not exist, under its real app secret, and Meta would be asked to answer them.
 */
export function simulatedChannels(graphUrls: Readonly<Record<Channel, string>>): Channel[] {
  return CHANNELS.filter((channel) => graphUrls[channel].endsWith(GRAPH_PATH));
}
