// The shape of a channel whose messages have one type. Nothing here runs but the look-up by name.
import { channel as nodeChannel } from 'node:diagnostics_channel';

/** A plain diagnostics channel that carries messages of type `Message`. */
export interface Channel<Message> {
  readonly name: string | symbol;
  readonly hasSubscribers: boolean;
  publish(message: Message): void;
  subscribe(handler: (message: Message, name: string | symbol) => void): void;
  unsubscribe(handler: (message: Message, name: string | symbol) => void): boolean;
}

/** The process-wide channel of this name, the same object for every copy of loopscope in the process. */
export function channel<Message>(name: string): Channel<Message> {
  return nodeChannel(name) as unknown as Channel<Message>;
}
