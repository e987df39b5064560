// The sign of each way a parcel can go: told by its shape as by its color.
import { DIRECTION_SIGNS } from "@sesame/shared/hub-signs";
import { IconAlertTriangle, IconBan, IconHelp, IconHourglass, IconPackageOff, type Icon as Shape } from "@tabler/icons-react";
import type { Sign as Kind } from "../data/verdict";

const ICONS: Record<Kind, Shape> = {
  ...DIRECTION_SIGNS,
  damaged: IconPackageOff,
  foreign: IconBan,
  stranger: IconHelp,
  refused: IconAlertTriangle,
  waiting: IconHourglass,
};

export function Sign({ sign, size }: { sign: Kind; size: number }) {
  const Icon = ICONS[sign];
  return <Icon size={size} aria-hidden />;
}
