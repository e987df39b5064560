// The sign of each way a parcel can go: told by its shape as by its color.
import { IconAlertTriangle, IconArrowBackUp, IconBan, IconCircleCheck, IconHandStop, IconHelp, IconHourglass, IconMapPinOff, IconPackageOff, IconRoute, IconTruck, IconTruckDelivery, IconUser } from "@tabler/icons-react";
import type { Sign as Kind } from "../data/verdict";

const ICONS: Record<Kind, typeof IconTruck> = {
  line: IconTruck,
  tour: IconRoute,
  round: IconUser,
  carrier: IconTruckDelivery,
  back: IconArrowBackUp,
  held: IconHandStop,
  damaged: IconPackageOff,
  foreign: IconBan,
  done: IconCircleCheck,
  unknown: IconMapPinOff,
  stranger: IconHelp,
  refused: IconAlertTriangle,
  waiting: IconHourglass,
};

export function Sign({ sign, size }: { sign: Kind; size: number }) {
  const Icon = ICONS[sign];
  return <Icon size={size} aria-hidden />;
}
