// The sign of each way that a parcel goes on from a place: the same on the hub's phone and in the console.
import { IconArrowBackUp, IconCircleCheck, IconHandStop, IconMapPinOff, IconRoute, IconTruck, IconTruckDelivery, IconUser, type Icon } from "@tabler/icons-react";
import type { DirectionKind } from "./hubs";

export const DIRECTION_SIGNS: Record<DirectionKind, Icon> = {
  line: IconTruck,
  tour: IconRoute,
  round: IconUser,
  carrier: IconTruckDelivery,
  back: IconArrowBackUp,
  held: IconHandStop,
  done: IconCircleCheck,
  unknown: IconMapPinOff,
};
