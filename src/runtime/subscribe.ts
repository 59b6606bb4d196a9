// Subscribing safely: Node turns what a subscriber throws into an uncaught exception, so none of ours may throw.
import type { Channel } from '../channels/channel.ts';
import { complain } from './complain.ts';

/** Ends a subscription. */
export type Subscription = () => void;

/**
 * Calls `handle` for every message. A handler that throws is taken off and reported once; the program goes on.
 * @returns what ends the subscription; it may be called twice
 */
export function subscribe<Message>(channel: Channel<Message>, handle: (message: Message) => void): Subscription {
  const guarded = (message: Message): void => {
    try {
      handle(message);
    } catch (error) {
      channel.unsubscribe(guarded);
      complain(`a subscriber of ${String(channel.name)} failed and was taken off`, error);
    }
  };
  channel.subscribe(guarded);
  return () => void channel.unsubscribe(guarded);
}
