import type { Room } from '../../room/room.ts';
import { colorOf, nameOf } from '../person.ts';

/** What can be done about who leads. */
export type LeadAction = 'own' | 'back' | 'ask' | 'cancel' | 'stop' | 'hand-over';

/** Who leads, in words, and what can be done about it. */
export interface LeadState {
  text: string;
  /** Colour of whoever leads. */
  color: string | undefined;
  actions: readonly { action: LeadAction; label: string }[];
  /** Whom `hand-over` means. */
  clientId?: number;
}

/** What the timeline says about who leads; undefined when there is nothing to say. */
export function leadState({ playback, presence }: Pick<Room, 'playback' | 'presence'>): LeadState | undefined {
  const { presenter, following } = playback;
  const own = { action: 'own', label: 'On my own' } as const;
  if (typeof following === 'number') {
    const peer = presence.peers.find(({ clientId }) => clientId === following);
    const name = peer === undefined ? 'someone' : nameOf(peer);
    const color = peer === undefined ? undefined : colorOf(peer);
    return { text: `Following ${name}`, color, actions: [{ action: 'back', label: 'Stop' }] };
  }
  if (presenter?.isSelf === true) {
    if (!playback.isPresentingOnPurpose) return undefined;
    const [asking] = playback.asking;
    const stop = { action: 'stop', label: 'Stop' } as const;
    if (asking === undefined) return { text: 'You present', color: colorOf(presenter), actions: [stop] };
    return {
      text: `${nameOf(asking)} asks to present`,
      color: colorOf(asking),
      actions: [{ action: 'hand-over', label: 'Hand over' }, stop],
      clientId: asking.clientId,
    };
  }
  if (following === 'nobody') {
    const back = presenter === undefined ? 'Back to the others' : `Back to ${nameOf(presenter)}`;
    const color = presenter === undefined ? undefined : colorOf(presenter);
    return { text: 'On your own', color, actions: [{ action: 'back', label: back }] };
  }
  if (presenter === undefined) return undefined;
  const name = nameOf(presenter);
  const color = colorOf(presenter);
  if (playback.isAsking) {
    return { text: `Asked ${name} to hand over`, color, actions: [{ action: 'cancel', label: 'Cancel' }] };
  }
  if (!playback.isPresentingOnPurpose) return { text: `${name} leads`, color, actions: [own] };
  const ask = playback.mayPresent ? [{ action: 'ask', label: 'Ask to present' } as const] : [];
  return { text: `${name} presents`, color, actions: [...ask, own] };
}

/** Does what a button of the lead says. */
export function runLeadAction({ playback }: Pick<Room, 'playback'>, action: LeadAction, clientId?: number): void {
  if (action === 'own') playback.follow('nobody');
  else if (action === 'back') playback.follow('room');
  else if (action === 'ask') playback.present();
  else if (action === 'hand-over' && clientId !== undefined) playback.handOver(clientId);
  else playback.stopPresenting();
}
