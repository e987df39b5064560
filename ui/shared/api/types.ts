// Made from docs/openapi.json by `npm run api-types`: not to be changed by hand.

/** What can be done with an order now, and to how much. */
export type Actions = {
  cancel: CancelEffect | null;
  /** The payment on account whose money can be recorded as received. */
  record_paid: string | null;
  refund: Money | null;
};

/** Who caused something. */
export type ActorKind = "shopper" | "operator" | "platform" | "provider" | "system";

/** A postal address. */
export type Address = {
  city: string;
  /** ISO 3166-1 code of two letters, or empty. */
  country: string;
  first_name: string;
  last_name: string;
  phone: string;
  postal_code: string;
  /** State or province, or empty. */
  region: string;
  street: string;
  /** Second line, or empty. */
  street_2: string;
};

/** How admission stands. */
export type AdmissionState = {
  room?: WaitingRoom | null;
  /** What was turned away since the server started, by class; classes without any are left out. */
  turned_away: TurnedAway[];
};

/** A second of the day in which more happened than in any other. */
export type Best = {
  /** When it began, in UTC milliseconds. */
  at: number;
  /** How much happened in it. */
  count: number;
};

/** What invoices say of a seller. */
export type BillingBody = {
  /** City. */
  city?: string;
  /** Country: ISO 3166-1, or empty. */
  country?: string;
  /** What else must stand there, a line each: commercial register, bank account, contact. */
  lines?: string[];
  /** The name in law. */
  name: string;
  /** Postal code. */
  postal_code?: string;
  /** State or province. */
  region?: string;
  /** Street and number. */
  street?: string;
  /** Second line. */
  street_2?: string;
  /** The number for value added tax, or another tax number. */
  tax_id?: string;
};

/** What became of a purchase. */
export type Bought = {
  /** Until when the goods are set aside while it is not paid, in UTC milliseconds. */
  expires_at: number | null;
  /** What was paid for in one go: the group's id. */
  group: string;
  /** The page where the buyer sees the order; whoever has this address may see it. */
  order_url: string;
  /** Its orders, one per seller. */
  orders: BoughtOrder[];
  /** How the payment stands. */
  payment: BoughtPayment;
  presale: Presale | null;
  /** Where it is. */
  state: GroupState;
  /** What is to be paid. */
  total: Money;
};

/** One of the orders. */
export type BoughtOrder = {
  /** The order's id, which is its number. */
  id: string;
  /** Where it is. */
  state: OrderState;
};

/** How the payment stands. */
export type BoughtPayment = {
  /** Where the buyer must go, while the state is `action_required`. */
  action_url: string | null;
  /** The provider's code of a refusal, or empty. */
  decline_code: string;
  /** The payment's id. */
  id: string;
  /** Where it is; `pending` when the provider has not answered in time. */
  state: PaymentState;
};

/** Where a parcel goes. */
export type BuyAddress = {
  city: string;
  /** ISO 3166-1 code of two letters. */
  country: string;
  first_name?: string;
  last_name?: string;
  phone?: string;
  postal_code?: string;
  region?: string;
  street: string;
  street_2?: string;
};

/** Who buys. */
export type BuyBuyer = {
  email: string;
  first_name?: string;
  last_name?: string;
  phone?: string;
};

/** How the goods reach the buyer. */
export type BuyDelivery = {
  /** A parcel, at the shipping rate with this code. */
  ship: string;
} | {
  /** Collection at the location with this code or id. */
  pickup: string;
};

/** One article. */
export type BuyLine = {
  /** Pieces. */
  quantity: number;
  /** The SKU; either this or `variant`. */
  sku?: string | null;
  /** The variant's id; either this or `sku`. */
  variant?: string | null;
};

/** What is to be bought, by whom, how it reaches them and how it is paid. */
export type BuyNow = {
  attribution?: GivenAttribution | null;
  /** Who buys. */
  buyer: BuyBuyer;
  /** ISO 4217 code; the shop's own currency when absent. */
  currency?: string | null;
  /** How the goods reach the buyer. */
  delivery: BuyDelivery;
  destination?: BuyAddress | null;
  device?: Device | null;
  /** Discount codes as typed. */
  discount_codes?: string[];
  /** What the buyer was told to pay of the total at once, in minor units, for goods on presale. With an `expected_total`, another deposit than this one, or one where none was expected, is refused with `price_changed`. */
  expected_deposit?: number | null;
  /** What the buyer was shown as the total, in minor units. Refused with `price_changed` when it costs something else by now; absent for whatever it costs. */
  expected_total?: number | null;
  /** `en`, `de` or `zh`; English when absent. */
  language?: string | null;
  /** What is to be bought. */
  lines: BuyLine[];
  /** How it is paid. */
  payment: BuyPayment;
};

/** How it is paid. */
export type BuyPayment = {
  /** Through a payment provider. */
  provider: {
    /** Its name, as configured. */
    name: string;
    /** What stands for the card; the provider's own page when absent. */
    token?: string | null;
  };
} | {
  /** Later, by agreement; only where the shop allows it. */
  on_account: Record<string, unknown>;
};

/** Who bought. */
export type Buyer = {
  email: string;
  first_name: string;
  last_name: string;
  phone: string;
};

/** A campaign to be saved as a draft. */
export type CampaignBody = {
  /** A short unique code. */
  code: string;
  /** The second after its last. */
  ends: string;
  /** What it consists of. */
  rules: Rule[];
  /** Its first second, as clocks in the time zone show it. */
  starts: string;
  /** The IANA time zone of its times. */
  time_zone: string;
  /** The name shoppers see. */
  title: Texts;
  /** The version that is replaced; absent for a new one. Another one is refused with `version_conflict`. */
  version?: number | null;
};

/** A campaign whole. */
export type CampaignEntry = {
  approved_by?: Named | null;
  /** The moment it is over, in UTC milliseconds. */
  ends_at: number;
  /** The campaign's id. */
  id: string;
  /** The server's clock, in UTC milliseconds. */
  now: number;
  /** Where it is. */
  phase: Phase;
  proposed_by?: Named | null;
  /** What was saved; its `version` is the one to send with a change. */
  saved: CampaignBody;
  /** Its first moment, in UTC milliseconds. */
  starts_at: number;
  /** How much was taken of the limits that are everybody's. */
  taken: Taken[];
};

/** All campaigns, the latest beginning first. */
export type CampaignList = {
  /** The campaigns. */
  items: CampaignSummary[];
  /** The server's clock, in UTC milliseconds. */
  now: number;
};

/** A step of a campaign's life. */
export type CampaignMove = {
  /** The version that was looked at; another one is refused with `version_conflict`. Absent for whichever it is. */
  version?: number | null;
};

/** What a sale event came to. */
export type CampaignReport = {
  /** Buyers, by e-mail address. */
  buyers: Compared;
  compared: ReportSpan | null;
  /** The figures by currency, the shop's own first. */
  figures: ReportFigures[];
  /** Whether the campaign goes on: then both are counted as far as it has come. */
  is_running: boolean;
  /** Those of them who began no purchase under the address before. */
  new_buyers: Compared;
  /** The campaign's time. */
  span: ReportSpan;
  /** Minutes of a step of the course. */
  step_minutes: number;
  /** The campaign's time zone. */
  time_zone: string;
};

/** A campaign in a list. */
export type CampaignSummary = {
  /** Its code. */
  code: string;
  /** The moment it is over, in UTC milliseconds. */
  ends_at: number;
  /** The campaign's id. */
  id: string;
  /** Where it is. */
  phase: Phase;
  /** How many rules it has. */
  rules: number;
  /** Its first moment, in UTC milliseconds. */
  starts_at: number;
  /** The IANA time zone of its times. */
  time_zone: string;
  /** Its name. */
  title: Texts;
};

/** Why an order is canceled. */
export type Cancel = {
  /** Why, in the operator's words. */
  note?: string;
  /** Why: `expired` is the system's own reason and refused here. */
  reason: CancelReason;
};

/** What canceling would do. */
export type CancelEffect = {
  kept_for_shopper: Money | null;
  /** Pieces that will not be handed over and go back into stock. */
  pieces: number;
  /** What goes back to the shopper, delivery included; 0 when nothing was taken or will be. */
  refund: Money;
  /** Whether the whole group ends because it is not paid yet. */
  whole_group: boolean;
};

/** Why an order ended. */
export type CancelReason = "expired" | "shopper" | "operator" | "out_of_stock" | "fraud";

/** What a till read. */
export type CardScan = {
  /** What the code on the phone says. */
  card: string;
};

/** Whoever takes parcels along. */
export type Carrier = {
  /** How many areas it goes to: `GET /carriers/{id}/areas` has them. */
  areas: number;
  /** The carrier's id. */
  id: string;
  /** Its numbers. */
  numbers: NumberPool;
  /** How many steps its rate card has: `GET /carriers/{id}/rates` has them. */
  rates: number;
  /** What it is and offers. */
  terms: CarrierTerms;
  /** Rises by one with each change. */
  version: number;
};

/** A carrier to be saved. */
export type CarrierChange = {
  /** The blocks of its numbers, used from the front; absent leaves them. What was given out of one stays given. */
  blocks?: NumberBlock[] | null;
  /** What it is and offers. */
  terms: CarrierTerms;
  /** Refused with `version_conflict` unless it has this version; absent does not check. */
  version?: number | null;
};

/** A carrier's service that does not take a parcel. */
export type CarrierDeclined = {
  /** Whose. */
  carrier: Named;
  /** The service's code; empty where it is the carrier as a whole. */
  service: string;
  /** Why: `inactive`, `not_from_here`, `not_there`, `closed`, `full`, `no_numbers`, `other_level`, `too_heavy` or `too_large`. */
  why: string;
};

/** All carriers. */
export type CarrierList = {
  /** The connectors of this server's configuration, for `connector` of carriers' terms. */
  connectors: string[];
  /** By code. */
  items: Carrier[];
};

/** A carrier's service that takes a parcel. */
export type CarrierOffer = {
  /** By when it is there if it is booked now, in UTC milliseconds; `null` where no timetable says so. */
  arrives: number | null;
  /** The rate card's price. */
  base: Money;
  /** Whose. */
  carrier: Named;
  /** The weight that is charged, in grams. */
  charged_grams: number;
  /** Whether that keeps what the order was promised; `null` where either is not known. */
  in_time: boolean | null;
  /** Whether it is the one that is booked where nobody is named: the cheapest that is in time. Where none is, the one that is there first; where no timetable says anything, the cheapest. */
  is_usual: boolean;
  /** All of it. */
  price: Money;
  /** The service's code. */
  service: string;
  /** The service's name. */
  service_name: string;
  /** What is charged on top. */
  surcharges: ChargedSurcharge[];
  /** The zone of its rate card. */
  zone: string;
};

/** What carriers say of a parcel. */
export type CarrierOffers = {
  /** Who does not, and why. */
  declined: CarrierDeclined[];
  /** Who takes it, the cheapest first. */
  offers: CarrierOffer[];
  /** What carriers with a connector say themselves, beside their rate cards here: for comparing. Booking goes by the offers. */
  quotes: CarrierQuotes[];
  /** The weight that was asked about, in grams; 0 where it is not known: then nobody was asked. */
  weight_grams: number;
};

/** What a carrier would charge for a parcel. */
export type CarrierQuote = {
  /** The price with all that is charged on top. */
  price: Money;
  /** The service's code. */
  service: string;
  /** Days on the way, if the carrier says so. */
  transit_days?: number | null;
};

/** What a carrier says when it is asked. */
export type CarrierQuotes = {
  /** Who. */
  carrier: Named;
  /** The same in words; empty where there is no problem. */
  message: string;
  /** Why there are none, as the code of an error: `carrier_refused`, `carrier_unavailable` or `connector_unknown`. */
  problem?: string | null;
  /** By which services, the cheapest first. */
  quotes: CarrierQuote[];
};

/** A kind of parcel at one speed. */
export type CarrierService = {
  /** Unique within the carrier. */
  code: string;
  /** The longest side and the girth around the other two, in millimeters; 0 for any. */
  girth_max_mm?: number;
  /** Which of the shop's service levels it serves. */
  levels: string[];
  /** The name on labels. */
  name: string;
  /** The longest side, in millimeters; 0 for any. */
  side_max_mm?: number;
  /** The heaviest parcel, in grams. */
  weight_max_grams: number;
};

/** What a carrier is and offers. */
export type CarrierTerms = {
  /** Whether parcels are given to it now. */
  active: boolean;
  /** A short unique code. */
  code: string;
  /** The connector that tells it of parcels, by its name in the configuration; empty where people tell it. */
  connector?: string;
  /** The currency of its prices. */
  currency: string;
  /** Parcels that it takes in a day; `null` for any number. */
  daily_quota: number | null;
  /** The ids of the places that it collects from; empty for all. */
  locations?: string[];
  /** The name that shoppers and staff see. */
  name: string;
  /** How its numbers are made. */
  numbering: Numbering;
  /** Whether it is the shop's own fleet. */
  own_fleet?: boolean;
  /** What it offers, at most 50. */
  services: CarrierService[];
  /** What it charges on top, at most 50. */
  surcharges?: Surcharge[];
  /** Where shoppers can follow a parcel, with `{number}` for its number; empty if nowhere. */
  tracking_url?: string;
  /** Cubic centimeters that are charged as a kilogram; 0 where only the scales count. */
  volume_divisor?: number;
};

/** The door a request came through. */
export type Channel = "web" | "app" | "till" | "agent" | "phone" | "console" | "import" | "system";

/** Something that is charged on top. */
export type ChargedSurcharge = {
  /** How much. */
  amount: Money;
  /** The surcharge's code. */
  code: string;
};

/** What follows a serial: nothing, or the GS1 check digit. */
export type CheckDigit = "none" | "mod10";

/** Whether a code is right. */
export type CodeChecked = {
  /** One for each parcel, in their order. */
  parcels: CodeCheckedParcel[];
};

/** Whether a code is right for a parcel. */
export type CodeCheckedParcel = {
  /** Whether it is; `locked` after five wrong ones for this parcel: it needs another proof. */
  code_matched: CodeMatched;
  /** The number of its waybill. */
  number: string;
};

/** Whether a code that was told is the receiver's; `locked` when too many wrong ones were told before, and none says anything any more. */
export type CodeMatched = "yes" | "no" | "locked";

/** A code that a receiver told, before their parcels are handed over. */
export type CodeTold = {
  /** The code. */
  code: string;
  /** Made on the phone, such as a UUID: the same code sent again with it counts once. */
  key: string;
  /** The numbers of the parcels' waybills. */
  parcels: string[];
};

/** Which codes a coupon is for. */
export type Codes = {
  /** The code; upper and lower case are the same. */
  code: string;
  type: "shared";
} | {
  /** How many there are. */
  count: number;
  /** What they begin with. */
  prefix: string;
  type: "single";
};

/** A figure, and the same of the time that is compared with. */
export type Compared = {
  /** Of the time that is compared with; `null` when nothing is. */
  before: number | null;
  /** By how much it changed, in thousandths of what it was before; `null` when it was nothing. */
  change_permille: number | null;
  /** Of the campaign. Money in minor units. */
  now: number;
};

/** What a coupon takes off. */
export type CouponValue = {
  /** Parts per million of the goods' price. */
  percent: number;
} | {
  /** An amount, at most the goods' price. */
  fixed: Money;
};

/** What happened, as a phone says it. Which fields belong to what is said with [`CourierEvent::what`]. */
export type CourierEvent = {
  /** When it happened by the phone's clock, in UTC milliseconds. */
  at: number;
  /** Made on the phone, such as a UUID: sent again, it is the same event. */
  key: string;
  /** All stops' numbers. */
  order?: number[] | null;
  /** The number of a parcel's waybill. */
  parcel?: string | null;
  position?: PhonePosition | null;
  proof?: CourierProof | null;
  /** Why: of `failed` one of `nobody_home`, `refused`, `address_wrong`, `no_access`, `damaged`, `closed`; of `reorder` in words. */
  reason?: string | null;
  /** A stop's number. */
  stop?: number | null;
  /** The key of the event that did not happen after all. */
  undoes?: string | null;
  /** `load` (a parcel), `start`, `reorder` (an order, a reason), `reached` (a stop), `delivered` (a parcel, a proof), `failed` (a parcel, a reason), `returned` (a parcel), `undo` (the key that it undoes), `close`. */
  what: string;
};

/** What became of an event. */
export type CourierEventResult = {
  /** Why it was refused, as an error's code, or the conflict; empty otherwise. */
  code: string;
  /** The event's key. */
  key: string;
  /** The same in words. */
  message: string;
  /** What. */
  result: EventTaken;
};

/** What became of what a phone said. */
export type CourierEventResults = {
  /** One for each event, in their order. */
  results: CourierEventResult[];
  /** The round as it is now. */
  round: CourierRound;
};

/** What a phone says. */
export type CourierEvents = {
  /** In the order in which it happened. */
  events: CourierEvent[];
};

/** Who drives rounds. */
export type CourierList = {
  /** By their names. */
  items: Named[];
};

/** A parcel in a round. */
export type CourierParcel = {
  /** When it came into its state, in UTC milliseconds. */
  at?: number | null;
  code_matched?: CodeMatched | null;
  /** `reassigned` when it is or was in another courier's round, `recalled` when its waybill was canceled, or empty. */
  conflict: string;
  /** The fulfillment's id. */
  fulfillment: string;
  /** The waybill's number: what is on the label. */
  number: string;
  /** Why it failed, or empty. */
  reason: string;
  /** Where it is within the round. */
  state: ParcelInRound;
  /** What the scales showed, in grams. */
  weight_grams: number;
};

/** What shows that a parcel was handed over. */
export type CourierProof = {
  /** What kind of proof. */
  by: ProofBy;
  /** The code that the receiver told. */
  code?: string | null;
  /** Who signed or took it, or where it lies. */
  name?: string | null;
  /** The key under which its picture was sent. */
  picture?: string | null;
};

/** A round as its courier has it. */
export type CourierRound = {
  /** The day where it leaves from, such as `2026-11-29`. */
  day: string;
  /** How distances were measured. */
  distances: Distances;
  /** The round's id. */
  id: string;
  /** Where it leaves from, and where parcels are brought back to. */
  location: RoundPlace;
  /** How far it goes, in meters. */
  meters: number;
  /** The stops' numbers in the order in which they are to be visited. */
  order: number[];
  /** How long it takes, in seconds. */
  seconds: number;
  /** Where it is. */
  state: RoundState;
  /** Where it goes, by number. */
  stops: CourierStop[];
  /** With what, in words; may be empty. */
  vehicle: string;
  /** Rises by one with each change. */
  version: number;
};

/** A door that a round goes to. */
export type CourierStop = {
  /** Where they are. */
  address: StopAddress;
  /** When the courier was planned to be there, in UTC milliseconds. */
  arrival?: number | null;
  /** Who is to get it. */
  name: string;
  /** Its number within the round. */
  number: number;
  /** What is brought there. */
  parcels: CourierParcel[];
  /** Their phone, or empty. */
  phone: string;
  position?: Position | null;
  /** When the courier was there, in UTC milliseconds. */
  reached_at?: number | null;
  window?: TimeWindow | null;
};

/** A currency on offer. */
export type CurrencySetting = {
  /** ISO 4217 code. */
  currency: string;
  /** Whether prices include tax. */
  tax: TaxDisplay;
};

/** The day's course. */
export type Curve = {
  /** Minutes of one step. */
  minutes: number;
  /** What was sold in each step from midnight on. */
  sold: number[];
};

/** What a rule does. Shares are in parts per million: 20 % is 200,000. */
export type Deal = {
  /** The prices, at most one per variant. */
  prices: SalePrice[];
  type: "prices";
} | {
  /** From when the balance can be paid, as clocks in the campaign's time zone show it. */
  balance_from: string;
  /** The second after the last in which it can; not before the campaign's end. */
  balance_until: string;
  /** What the receipt says of what the deposit counts for above itself. */
  counts_title: Texts;
  /** Whether the deposit is lost when the balance is not paid; else it goes back. */
  forfeit: boolean;
  /** What is on presale, at most one offer per variant. */
  offers: PresaleOffer[];
  type: "presale";
} | {
  /** Parts per million. */
  percent: number;
  type: "percent";
} | {
  /** Pieces at their price. */
  buy: number;
  /** Pieces that are reduced. */
  get: number;
  /** Parts per million off each of these; 1,000,000 for free. */
  percent: number;
  type: "buy_get";
} | {
  /** What a set consists of. */
  parts: Part[];
  /** The price of a set, one per currency. */
  prices: Money[];
  type: "bundle";
} | {
  /** One step per currency. */
  steps: ThresholdStep[];
  /** How often a step counts in one order. */
  times: number;
  type: "threshold";
} | {
  /** Which codes. */
  codes: Codes;
  spend?: Money | null;
  type: "coupon";
  /** What it takes off. */
  value: CouponValue;
} | {
  /** How many there are. */
  count: number;
  /** From when they can be drawn, as clocks in the campaign's time zone show it; before the campaign begins, or later. */
  draw_from: string;
  /** What each holds at most. The budget is from `count × low` to `count × high`. */
  high: number;
  /** What each holds at least, in minor units of the budget's currency. */
  low: number;
  spend?: Money | null;
  /** The second after the last in which they can be drawn and spent; not after the campaign's end. */
  spend_until: string;
  type: "red_packets";
} | {
  /** The service level. */
  service_level: string;
  spend?: Money | null;
  type: "free_shipping";
};

/** What is expected of a parcel that will be later than was promised. */
export type Delay = {
  /** When it is expected at the latest, in UTC milliseconds. */
  expected: number;
  /** The hub or line that is closed, or the place that it did not leave in time; empty otherwise. */
  place: string;
  /** Why. */
  reason: DelayReason;
};

/** One cause. */
export type DelayIncident = {
  /** Whose timetable. */
  carrier: Named;
  /** The first of them, at most 100. */
  first: DelayedParcel[];
  /** When the last of them is expected, in UTC milliseconds. */
  latest: number;
  /** Parcels that are late by it. */
  parcels: number;
  /** The hub or line that is closed, or the place that parcels did not leave in time; empty otherwise. */
  place: string;
  /** Why. */
  reason: DelayReason;
  /** Those of these that another service would bring by what was promised. */
  rescuable: number;
  /** Until when it is closed, in UTC milliseconds, if it is. */
  until: number | null;
  /** Those of them that have not left. */
  waiting: number;
};

/** All that makes parcels late. */
export type DelayIncidents = {
  /** One for each cause. */
  incidents: DelayIncident[];
  /** When parcels were last looked at, in UTC milliseconds; `null` until then, and where no carrier has a timetable. */
  looked_at: number | null;
};

/** Why parcels are late. */
export type DelayReason = "closed" | "missed" | "rescheduled";

/** A parcel that is late. */
export type DelayedParcel = {
  /** The fulfillment's id. */
  fulfillment: string;
  /** The order that it belongs to. */
  order: string;
};

/** How the goods reach the shopper. */
export type Delivery = {
  /** How. */
  method: Method;
  /** The delivery's name when it was sold, or the place of collection. */
  name: string;
  promise: Promise | null;
};

/** Whether what was paid for delivery goes back with returned goods: `as_the_shop_says` if all of the order came back and the shop's terms say so, `yes` for all that is left of it, `no` for nothing. */
export type DeliveryRefund = "as_the_shop_says" | "yes" | "no";

/** The kind of device a shopper used. */
export type Device = "phone" | "tablet" | "desktop" | "unknown";

/** Where a parcel goes next from a place. */
export type Direction = {
  /** How. */
  kind: DirectionKind;
  /** When that leaves, in UTC milliseconds, if it is known. */
  leaves?: number | null;
  /** The timetable's line or zone, by its code; may be empty. */
  line: string;
  /** Where to or with whom, in words: the next place, the vehicle or courier, the carrier; may be empty. */
  to: string;
};

/** How a parcel goes on from a place: with a line to another one; to its receiver from here, in nobody's round yet; with a courier's round; with another carrier; back to its sender; it is held; it is done; nobody knows a way from here. */
export type DirectionKind = "line" | "tour" | "round" | "carrier" | "back" | "held" | "done" | "unknown";

/** A discount that applied. */
export type Discount = {
  /** What it took off the group. */
  amount: Money;
  /** The code, or empty for one that applied by itself. */
  code: string;
  /** The member's points that paid for it; `null` for other discounts. */
  points: number | null;
  /** What the receipt says. */
  title: string;
};

/** How distances were measured: along roads, as the crow flies times a factor for detours, or along roads but for places between which no way is known. */
export type Distances = "road" | "beeline" | "mixed";

/** Something that happened. Which of the optional fields are there follows from `what`. */
export type Entry = {
  /** Who caused it. */
  actor: ActorKind;
  /** An amount in minor units of the group's currency. */
  amount_minor?: number | null;
  /** When, in UTC milliseconds. */
  at: number;
  /** The carrier's name. */
  carrier?: string | null;
  /** Through which door. */
  channel: Channel;
  /** A code: the provider's refusal, the kind of stock change or record, why goods leave from elsewhere. */
  code?: string | null;
  /** The order group it belongs to. */
  group?: string | null;
  /** The location's id. */
  location?: string | null;
  /** Why, in somebody's words, or the note itself. */
  note?: string | null;
  /** The operator's name. */
  operator?: string | null;
  /** Pieces that stock changed by, or that leave from elsewhere. */
  pieces?: number | null;
  /** Its place in the feed, rising. */
  position: number;
  reason?: CancelReason | null;
  seen?: Seen | null;
  /** The id of what it happened to. */
  subject: string;
  /** The label's number. */
  tracking_number?: string | null;
  /** What happened, in snake case and past tense. */
  what: string;
};

/** What a document says. */
export type EpcisBody = {
  /** Its events; each is read by itself. */
  eventList: EpcisEvent[];
};

/** What gives words their meaning, as it is described: contexts of others say anything. */
export type EpcisContext = string | Record<string, unknown>;

/** An EPCIS document. */
export type EpcisDocument = {
  /** What its words mean: the context of EPCIS 2.0, and prefixes for extensions. */
  "@context": EpcisContext[];
  /** When it was written: RFC 3339 with an offset. */
  creationDate: string;
  /** What it says. */
  epcisBody: EpcisBody;
  /** `2.0`. */
  schemaVersion: string;
  /** `EPCISDocument`. */
  type: string;
};

/** That an event did not happen. */
export type EpcisErrorDeclaration = {
  /** When that was said: RFC 3339 with an offset. */
  declarationTime: string;
  /** Why: `did_not_occur` or `incorrect_data`. */
  reason?: string | null;
};

/** An event. */
export type EpcisEvent = {
  /** `OBSERVE`, `ADD` or `DELETE`. */
  action: string;
  bizLocation?: EpcisPlace | null;
  /** What happened. */
  bizStep?: string | null;
  /** Of an `AggregationEvent`, the parcels. */
  childEPCs?: string[];
  /** How the parcels are since then. */
  disposition?: string | null;
  /** Of an `ObjectEvent`, the parcels. */
  epcList?: string[];
  errorDeclaration?: EpcisErrorDeclaration | null;
  /** What it is known by: a URI, such as its hash. */
  eventID?: string | null;
  /** When it happened: RFC 3339 with an offset. */
  eventTime: string;
  /** The offset from UTC where it happened, such as `+01:00`. */
  eventTimeZoneOffset: string;
  readPoint?: EpcisPlace | null;
  /** When its writer heard of it. */
  recordTime?: string | null;
  /** `ObjectEvent` or `AggregationEvent`. */
  type: string;
};

/** A place. */
export type EpcisPlace = {
  /** Its URI. */
  id: string;
};

/** What became of what an event says of a parcel. */
export type EpcisResult = {
  /** The parcel, as it was called; `null` where the event as a whole was not understood. */
  epc: string | null;
  /** The event's place in its list, from 0. */
  event: number;
  /** Its `eventID`, if it has one. */
  event_id: string | null;
  /** What became of it. The number is empty where it could not be read. */
  result: SightingResult;
};

/** What became of a document. */
export type EpcisResults = {
  /** One for each parcel of each event, in their order; one for an event that was not understood. */
  results: EpcisResult[];
};

/** What every refused request answers. */
export type ErrorBody = {
  /** Why. */
  error: ErrorInfo;
};

/** Why a request was refused. */
export type ErrorInfo = {
  /** The stable code; each has a page in the documentation. */
  code: string;
  /** What the code leaves open, such as the field or the current version. */
  details: Record<string, unknown>;
  /** A sentence for people, in English. */
  message: string;
};

/** What became of an event. */
export type EventTaken = "taken" | "known" | "conflict" | "refused";

/** Why a parcel could not be handed over. */
export type FailReason = "nobody_home" | "refused" | "address_wrong" | "no_access" | "damaged" | "closed";

/** A part of the ordered feed. */
export type Feed = {
  /** What to ask for next as `after`. */
  after: number;
  /** The events, in order. */
  items: Entry[];
};

/** What became of a file's lines. */
export type FileSummary = {
  /** Lines that changed something. */
  changed: number;
  /** Lines that created something. */
  created: number;
  kind?: Kind | null;
  /** The file's name. */
  name: string;
  /** Lines that said what was so already. */
  unchanged: number;
};

/** A parcel, a collection or a carry-out. */
export type Fulfillment = {
  /** The carrier's name, or empty. */
  carrier: string;
  delay: Delay | null;
  /** The fulfillment's id. */
  id: string;
  /** What is in it. */
  lines: PickLine[];
  /** Where it leaves from. */
  location: Named;
  /** How it is handed over. */
  method: Method;
  next_step: Step | null;
  /** The order it belongs to. */
  order: string;
  parcel: Parcel | null;
  /** Where it goes: the city, or the place of collection. */
  place: string;
  /** When the order was placed, in UTC milliseconds. */
  placed_at: number;
  /** By when it was promised, in UTC milliseconds; `null` where nothing was. */
  promised: number | null;
  /** Who gets it. */
  recipient: string;
  /** Where it is. */
  state: FulfillmentState;
  /** The label's number, or empty. */
  tracking_number: string;
  /** Where the shopper can follow it, or empty. */
  tracking_url: string;
  /** When it was last changed, in UTC milliseconds. */
  updated_at: number;
};

/** One page of fulfillments, oldest first. What is asked of waybills is looked for page by page: a page may have fewer than its limit, or none, and others follow all the same. */
export type FulfillmentList = {
  /** The fulfillments. */
  items: Fulfillment[];
  /** Where the next page begins; `null` on the last one. */
  next: string | null;
};

/** Where a fulfillment is. */
export type FulfillmentState = "pending" | "open" | "picking" | "packed" | "shipped" | "delivered" | "canceled";

/** A parcel or collection in a list of orders. */
export type FulfillmentSummary = {
  /** The fulfillment's id. */
  id: string;
  /** Where it leaves from. */
  location: Named;
  /** How it is handed over. */
  method: Method;
  /** Where it is. */
  state: FulfillmentState;
};

/** Where postal codes are. */
export type GazetteerChange = {
  /** The table as CSV, with its header `country,postal_prefix,latitude,longitude`. The longest prefix decides. */
  csv: string;
};

/** The gazetteer that was saved. */
export type GazetteerSaved = {
  /** How many places it has. */
  places: number;
};

/** Where an app's buyer came from. Texts that are too long are cut. */
export type GivenAttribution = {
  first?: OrderTouch | null;
  /** Where they came from last. */
  last: OrderTouch;
};

/** Which goods a rule is about. Every list that is not empty must name them. */
export type Goods = {
  /** Category ids; categories below them count. */
  categories?: string[];
  /** Product ids that are not meant. */
  except?: string[];
  /** Product ids. */
  products?: string[];
  /** Seller ids. */
  sellers?: string[];
};

/** What it would have done to one variant. */
export type GoodsEffect = {
  /** Whether more was sold, or is promised, than there is. */
  at_risk: boolean;
  /** Pieces that can be promised now, all places together. */
  available: number;
  /** What is taken off them, per currency. */
  off: Money[];
  /** Pieces in the orders. */
  pieces: number;
  /** Pieces that the campaign promises at a price of their own; `null` without a number. */
  promised?: number | null;
  /** Its SKU. */
  sku: string;
  /** The variant. */
  variant: Named;
};

/** Where an order group is. */
export type GroupState = "pending_payment" | "confirmed" | "canceled" | "awaiting_balance";

/** A place at which parcels are scanned. */
export type Hub = {
  /** Its code, as timetables name it. */
  code: string;
  /** The location's id. */
  id: string;
  /** Its name. */
  name: string;
  /** Parcels that lie there on their way. */
  parcels: number;
};

/** Places at which parcels are scanned. */
export type HubList = {
  /** By their names. */
  hubs: Hub[];
};

/** A parcel as hub staff see it: nothing of it that is not needed to sort it. */
export type HubParcel = {
  /** Who brings it. */
  carrier: Named;
  /** The city there, or empty. */
  city: string;
  /** Where it goes: ISO 3166-1 code of two letters, or empty. */
  country: string;
  /** Where it goes next. */
  direction: Direction;
  /** When it is there going on from here, in UTC milliseconds, where a timetable knows it. */
  expected?: number | null;
  /** The fulfillment's id. */
  fulfillment: string;
  /** The waybill's number. */
  number: string;
  /** The postal code there, or empty. */
  postal_code: string;
  /** By when it was promised, in UTC milliseconds. */
  promised?: number | null;
  /** Since when, in UTC milliseconds; `null` if nobody saw it yet. */
  since?: number | null;
  /** What the sorting machine reads; may be empty. */
  sorting: string;
  /** Where it is. */
  status: TrackingStatus;
  /** What the scales showed, in grams. */
  weight_grams: number;
};

/** Parcels that lie at a place on their way. */
export type HubParcelList = {
  /** By the ids of their fulfillments. */
  items: HubParcel[];
  /** Where the next page begins; `null` on the last. */
  next?: string | null;
};

/** A scan. */
export type HubScan = {
  /** When it was made by the scanner's clock, in UTC milliseconds. */
  at: number;
  /** Made on the scanner, such as a UUID: sent again, it is the same scan. */
  key: string;
  /** What was read from the label, as it was read: a number, bars of GS1-128 or a Data Matrix with its application identifier, with spaces or without. */
  label: string;
  /** Of `undo`, the key of the scan that did not happen after all. */
  undoes?: string | null;
  /** What happened. */
  what: HubScanKind;
};

/** What happened to a parcel at a place. */
export type HubScanKind = "arrived" | "left" | "damaged" | "undo";

/** What became of a scan. */
export type HubScanResult = {
  /** Why it was refused, as an error's code; empty otherwise. */
  code: string;
  /** The scan's key. */
  key: string;
  /** The same in words. */
  message: string;
  parcel?: HubParcel | null;
  /** What. */
  result: ScanTaken;
};

/** What became of scans. */
export type HubScanResults = {
  /** One for each scan, in their order. */
  results: HubScanResult[];
};

/** What a scanner says. */
export type HubScans = {
  /** In the order in which they were made. */
  scans: HubScan[];
};

/** Files to import; their kinds are told by their headers. */
export type ImportForm = {
  /** CSV files. */
  file: string[];
};

/** What an import did, or would do. */
export type ImportReport = {
  /** New categories that no category file names: those that products name, and parents. */
  categories_created: number;
  /** Whether it was only checked: nothing was written then. */
  checked_only: boolean;
  /** What became of each file's lines. */
  files: FileSummary[];
};

/** A photo that was kept. */
export type KeptPhoto = {
  /** The photo's id: a return that is asked for within two days may name it. */
  id: string;
};

/** What a file holds. */
export type Kind = "locations" | "categories" | "products" | "prices" | "stock";

/** The form of a label. */
export type LabelFormat = "zpl" | "pdf";

/** Labels to be printed. */
export type LabelsRequest = {
  /** In which form. */
  format: LabelFormat;
  /** The parcels, each once, by the ids of their fulfillments; their labels come in this order. */
  fulfillments: string[];
};

/** How much a rule gives at most; `null` for no such limit. */
export type Limits = {
  budget?: Money | null;
  /** The same per buyer, who is known by e-mail address. */
  per_buyer?: number | null;
  /** In all: pieces of each variant for prices, percentages and multi-buys, sets for bundles, orders for the rest. */
  total?: number | null;
};

/** In which order those who wait are let in. */
export type LineOrder = "first_come" | "lottery";

/** A place where goods are. */
export type Location = {
  /** Where it is. */
  address: Address;
  /** A short code. */
  code: string;
  /** Shoppers collect here. */
  collects: boolean;
  /** The location's id. */
  id: string;
  /** What kind of place it is. */
  kind: LocationKind;
  /** The name shoppers and staff see. */
  name: string;
  /** Opening hours as the operator wrote them. */
  opening_hours: string;
  /** Minutes of opening time from order to ready for pickup. */
  pickup_lead_minutes: number;
  /** Goods are sold at a till here. */
  sells: boolean;
  /** Orders before this minute after local midnight leave the same day. */
  ship_cutoff_minute: number;
  /** Parcels leave from here. */
  ships: boolean;
  /** IANA time zone. */
  time_zone: string;
};

/** What kind of place a location is. */
export type LocationKind = "warehouse" | "shop";

/** All locations. */
export type LocationList = {
  /** By name. */
  items: Location[];
};

/** How mails about orders fare. */
export type MailStatus = {
  /** Whether there is a way to send them. */
  configured: boolean;
  /** When sending failed, unless it has worked since, in UTC milliseconds. */
  failed_at: number | null;
  /** Why it failed, in the mail server's words. */
  failure: string | null;
  /** When one was sent last, in UTC milliseconds. */
  sent_at: number | null;
  /** Mails that were not taken yet, or are held for a moment, and come again. */
  waiting: number;
};

/** The operator who is signed in. */
export type Me = {
  /** The e-mail address. */
  email: string;
  /** The operator's id. */
  id: string;
  /** The name. */
  name: string;
  /** What they may do. */
  role: Role;
  /** When the session ends, in UTC milliseconds. */
  session_expires_at: number;
  /** The shop's name. */
  shop: string;
  /** Whether payments go through a provider that moves test money alone. */
  test_money: boolean;
};

/** A member, as those see who serve them. */
export type Member = {
  /** Saved addresses. */
  addresses: number;
  /** The e-mail address. */
  email: string;
  /** The member's id. */
  id: string;
  /** Since when, in UTC milliseconds. */
  joined_at: number;
  /** The language of mails. */
  language: string;
  /** The name, or empty. */
  name: string;
  /** Passkeys. */
  passkeys: number;
  /** Red packets and coupons in the wallet. */
  wallet: number;
};

/** A member's points. */
export type MemberPoints = {
  /** How many there are; below zero after points were taken back that had been spent. */
  balance: number;
  /** When all of them expire unless something is earned before, in UTC milliseconds; `null` for never. */
  expires_at: number | null;
  /** What changed, the newest first. */
  items: PointsEntry[];
  /** Where the next page begins; `null` on the last one. */
  next: string | null;
  /** How many of them can be spent now. */
  spendable: number;
  worth: Money | null;
};

/** How a fulfillment is handed over. */
export type Method = "ship" | "pickup" | "carry_out";

/** A milestone that was reached. */
export type Milestone = {
  /** Minor units. */
  amount: number;
  /** When, in UTC milliseconds. */
  at: number;
};

/** An amount of money in minor units: cents for EUR, yen for JPY. */
export type Money = {
  /** Minor units. */
  amount: number;
  /** ISO 4217 code. */
  currency: string;
};

/** One page of movements, newest first. */
export type MovementList = {
  /** The movements. */
  items: StockMovement[];
  /** Where the next page begins; `null` on the last one. */
  next: string | null;
};

/** A thing named by its id, with the name people know it by. */
export type Named = {
  /** The id. */
  id: string;
  /** The name. */
  name: string;
};

/** A note for an order's history. */
export type NoteCreate = {
  /** The note. */
  note: string;
};

/** Serials that a carrier leased to the shop, or that the shop gives itself. */
export type NumberBlock = {
  /** The first serial. */
  first: number;
  /** How many of them were given; not read when a carrier is saved. */
  given?: number;
  /** The last one. */
  last: number;
};

/** The numbers of a carrier. */
export type NumberPool = {
  /** The blocks, in the order in which they are used. */
  blocks: NumberBlock[];
  /** Parcels that were booked on its last day. */
  booked: number;
  /** That day, as `yyyymmdd`; 0 before the first. */
  day: number;
  /** Numbers that are left. */
  left: number;
};

/** How numbers are made. */
export type Numbering = {
  /** The digit before the prefix. */
  extension: number;
  kind: "sscc";
  /** The company's GS1 prefix, 4 to 12 digits. */
  prefix: string;
} | {
  /** The country of the post that issues it. */
  country: string;
  kind: "s10";
  /** Two letters that say which service. */
  service: string;
} | {
  /** What follows it. */
  check: CheckDigit;
  /** Digits of the serial. */
  digits: number;
  kind: "plain";
  /** Capitals and digits before the serial; may be empty. */
  prefix: string;
} | {
  kind: "given";
};

/** One seller's offer. */
export type Offer = {
  /** At most one price per currency. */
  prices: Money[];
  /** Who sells. */
  seller: Named;
};

/** What opens the waiting room. */
export type OpenRoom = {
  /** What for; at most 100 characters. */
  campaign?: string;
  /** Before this nobody is let in, UTC milliseconds. While the room is open it stays as it is. */
  opens_at?: number | null;
  /** In which order shoppers are let in. While the room is open it stays as it is. */
  order: LineOrder;
  /** How many are let in a minute, 1 to 1,000,000; without it as many as the shop serves. */
  per_minute?: number | null;
};

/** What changes of an operator; what is absent stays. */
export type OperatorChange = {
  /** Whether they may sign in. */
  active?: boolean | null;
  /** The name. */
  name?: string | null;
  /** A new password, of at least 10 characters. */
  password?: string | null;
  role?: Role | null;
};

/** A new operator. */
export type OperatorCreate = {
  /** The e-mail address. */
  email: string;
  /** The name. */
  name: string;
  /** Their first password, of at least 10 characters. */
  password: string;
  /** What they may do. */
  role: Role;
};

/** Somebody who may sign in. */
export type OperatorEntry = {
  /** Whether they may sign in. */
  active: boolean;
  /** The e-mail address. */
  email: string;
  /** The operator's id. */
  id: string;
  /** The name. */
  name: string;
  /** What they may do. */
  role: Role;
};

/** All operators. */
export type OperatorList = {
  /** By e-mail address. */
  items: OperatorEntry[];
};

/** An order with everything that belongs to it. */
export type Order = {
  /** What can be done with it now. */
  actions: Actions;
  attribution: OrderAttribution | null;
  billing: Address | null;
  /** Who bought. */
  buyer: Buyer;
  cancel_reason: CancelReason | null;
  /** The door it came through. */
  channel: Channel;
  /** How the goods reach the shopper. */
  delivery: Delivery;
  destination: Address | null;
  /** The kind of device it came from. */
  device: Device;
  /** The discounts that applied to the group. */
  discounts: Discount[];
  /** Until when the goods are set aside while it is not paid, in UTC milliseconds. */
  expires_at: number | null;
  /** Its parcels and collections. */
  fulfillments: Fulfillment[];
  /** What was paid for in one go: the group. */
  group: string;
  /** Where the group is. */
  group_state: GroupState;
  /** What happened, oldest first. */
  history: Entry[];
  /** The order's id, which is its number. */
  id: string;
  /** The language of its mails. */
  language: string;
  /** What it consists of. */
  lines: OrderLine[];
  /** Its invoice and credit notes, as far as there are any. */
  papers: OrderPaper[];
  /** Attempts to pay for the group. */
  payments: Payment[];
  /** When it was placed, in UTC milliseconds. */
  placed_at: number;
  points: OrderPoints | null;
  presale: Presale | null;
  /** Money given back. */
  refunds: Refund[];
  /** What the shopper wants to send back, and what came of it. */
  returns: Return[];
  /** Who owes it. */
  seller: Named;
  /** Other orders that were paid for in the same go. */
  siblings: Named[];
  /** Where it is. */
  state: OrderState;
  /** What it costs. */
  totals: Totals;
  /** When it was last changed, in UTC milliseconds. */
  updated_at: number;
  /** The version of the group. */
  version: number;
};

/** Where an order came from. */
export type OrderAttribution = {
  /** Where the buyer came from first. */
  first: OrderTouch;
  /** Where they came from last before the order, direct visits aside. */
  last: OrderTouch;
};

/** One line of an order, as it was sold. */
export type OrderLine = {
  /** Pieces canceled before they were handed over. */
  canceled: number;
  /** This line's part of the discounts. */
  discount: Money;
  /** Pieces handed over. */
  fulfilled: number;
  /** The picture, or empty. */
  image: string;
  /** Its number. */
  number: number;
  /** The options, or empty. */
  options: string;
  /** Pieces ordered. */
  quantity: number;
  /** Handed-over pieces whose money went back or is on its way back. */
  returned: number;
  /** The SKU. */
  sku: string;
  /** The tax contained in `total`. */
  tax: Money;
  /** The tax rate in parts per million. */
  tax_rate_ppm: number;
  /** The name. */
  title: string;
  /** What was paid for the line, tax included. */
  total: Money;
  /** The price of one piece. */
  unit_price: Money;
  /** What. */
  variant: string;
};

/** One page of orders, newest first. */
export type OrderList = {
  /** The orders. */
  items: OrderSummary[];
  /** Where the next page begins; `null` on the last one. */
  next: string | null;
};

/** A document of an order. */
export type OrderPaper = {
  /** Its number. */
  number: string;
  /** The refund that it is the credit note for; `null` for the invoice. */
  refund: string | null;
};

/** What points did for an order, together with those that were paid for in the same go. */
export type OrderPoints = {
  /** Points that it has earned, less those that were taken back. */
  earned: number;
  /** Points of those that were given back. */
  given_back: number;
  /** Points that it was paid with. */
  spent: number;
  /** What those took off. */
  worth: Money;
};

/** Where an order is. */
export type OrderState = "pending" | "confirmed" | "partly_fulfilled" | "fulfilled" | "canceled";

/** An order in a list. */
export type OrderSummary = {
  /** The buyer's name, or their e-mail address when there is none. */
  buyer: string;
  /** The door it came through. */
  channel: Channel;
  /** The kind of device it came from. */
  device: Device;
  /** Its parcels and collections. */
  fulfillments: FulfillmentSummary[];
  /** The order's id, which is its number. */
  id: string;
  payment: PaymentState | null;
  /** Pieces ordered. */
  pieces: number;
  /** Where it goes: the city, or the place of collection. */
  place: string;
  /** When it was placed, in UTC milliseconds. */
  placed_at: number;
  /** Who owes it. */
  seller: Named;
  /** Where it is. */
  state: OrderState;
  /** What was to be paid for it. */
  total: Money;
};

/** Where a buyer came from at one time. All of it is in an answer, its texts in lower case and empty where nothing is known; whoever sends one may leave out what they don't know. */
export type OrderTouch = {
  /** When, in UTC milliseconds; the time of the order when a buyer's app says none. */
  at?: number | null;
  /** For which campaign. */
  campaign?: string;
  /** Through which of several links. */
  content?: string;
  /** By what. */
  medium?: string;
  /** With whose referral code. */
  referral?: string;
  /** Who sent them. */
  source?: string;
  /** For which search term. */
  term?: string;
};

/** A parcel with its waybill. */
export type Parcel = {
  /** When it was booked, in UTC milliseconds. */
  booked_at: number;
  /** Who brings it. */
  carrier: Named;
  /** Whether its carrier draws the label: then it is at `GET /fulfillments/{id}/waybill/label`, and not among those of `POST /labels`. */
  carrier_draws_label: boolean;
  /** How many times its label was made. */
  labels: number;
  /** The waybill's number. */
  number: string;
  /** What the carrier charges. */
  price: Money;
  /** The service's code. */
  service: string;
  /** Length, width and height in millimeters, if they were measured. */
  size_mm: number[] | null;
  /** What the sorting machine reads. */
  sorting: string;
  /** Where it is. */
  status: TrackingStatus;
  /** Since when, in UTC milliseconds; `null` while nobody saw it. */
  status_at: number | null;
  /** What the scales showed, in grams. */
  weight_grams: number;
  /** The zone that it was charged for. */
  zone: string;
};

/** Where a parcel is within its round. */
export type ParcelInRound = "planned" | "loaded" | "failed" | "returned" | "delivered";

/** A part of a set. */
export type Part = {
  /** How many pieces. */
  quantity: number;
  /** The variant's id. */
  variant: string;
};

/** A change of one's own password. */
export type PasswordChange = {
  /** The password so far. */
  current: string;
  /** The new one, of at least 10 characters. */
  new: string;
};

/** An attempt to pay. */
export type Payment = {
  /** What is to be paid. */
  amount: Money;
  /** What was taken. */
  captured: Money;
  /** The provider's code of a refusal, or empty. */
  decline_code: string;
  /** The payment's id. */
  id: string;
  /** The provider's name; `null` for payment on account. */
  provider: string | null;
  /** The provider's own id. */
  provider_ref: string | null;
  /** What it is for. */
  purpose: PaymentPurpose;
  /** What the provider gave back. */
  refunded: Money;
  /** Where it is. */
  state: PaymentState;
  /** Whether it moves test money alone. */
  test_money: boolean;
  /** When it was last changed, in UTC milliseconds. */
  updated_at: number;
};

/** A payment provider. */
export type PaymentProvider = {
  /** Its name in the configuration. */
  name: string;
  /** Whether it moves test money alone. */
  test_money: boolean;
};

/** What a payment is for. */
export type PaymentPurpose = "whole" | "deposit" | "balance";

/** Where a payment is. */
export type PaymentState = "pending" | "action_required" | "authorized" | "captured" | "on_account" | "declined" | "voided";

/** Where a campaign is, by its state and the clock. */
export type Phase = "draft" | "planned" | "running" | "over" | "stopped";

/** Where a phone was. */
export type PhonePosition = {
  /** How far off it may be, in meters. */
  accuracy_meters?: number | null;
  latitude: number;
  longitude: number;
};

/** What is to be picked. */
export type PickLine = {
  /** The trade item number, or empty. */
  gtin: string;
  /** The picture, or empty. */
  image: string;
  /** The line's number in the order. */
  number: number;
  /** The options, or empty. */
  options: string;
  /** Pieces. */
  quantity: number;
  /** The SKU. */
  sku: string;
  /** The name. */
  title: string;
  /** What. */
  variant: string;
};

/** A picture. */
export type PictureEntry = {
  /** Where a small variant of it is; none if it cannot be shown. */
  address?: string | null;
  /** Pixels down; none if it cannot be shown. */
  height?: number | null;
  /** Its path below the media folder, as goods name it. */
  path: string;
  /** Why it cannot be shown. */
  problem?: string | null;
  /** Pixels across; none if it cannot be shown. */
  width?: number | null;
};

/** Pictures in the order of their paths. */
export type PictureList = {
  /** At most 200. */
  items: PictureEntry[];
  /** What to ask with as `after` for the next ones; none at the end. */
  next?: string | null;
};

/** Points that a member is given, or that are taken away. */
export type PointsAdjustment = {
  /** By how much: above 0 to give, below to take away. */
  change: number;
  /** Why, in words that the member may read; say nothing of persons in them. */
  reason: string;
};

/** Why points changed. */
export type PointsCause = "earned" | "taken_back" | "spent" | "given_back" | "adjusted" | "expired" | "given_up";

/** One change of a member's points. */
export type PointsEntry = {
  /** When, in UTC milliseconds. */
  at: number;
  /** What there was after it. */
  balance: number;
  /** Why. */
  cause: PointsCause;
  /** By how much. */
  change: number;
  /** Its number among the member's, from 1. */
  number: number;
  /** Who adjusted it; `null` where nobody did. */
  operator: string | null;
  /** The order that it is about, the first of those that were paid for in one go. */
  order: string | null;
  /** Why it was adjusted; `null` where it was not. */
  reason: string | null;
};

/** What points are worth in this shop. */
export type PointsProgram = {
  /** Whether orders earn points and may be paid with them. */
  active: boolean;
  /** The currency in which they are earned and spent. */
  currency: string;
  /** Days after which a balance expires for which nothing was earned meanwhile; 0 for never. */
  expires_after_days: number;
  /** The fewest points that one order may be paid with. */
  points_min: number;
  /** Which part of the goods' price may be paid with points, in parts per million. */
  share_max_ppm: number;
  /** Minor units paid for goods, tax included, per point that is earned. */
  spend_per_point: number;
  /** What receipts call them. */
  title: Texts;
  /** Its version: 0 while nobody has said what they are worth; then the rest is a proposal. */
  version: number;
  /** Minor units that one point takes off. */
  worth: number;
};

/** What points are to be worth. */
export type PointsProgramChange = {
  /** Whether orders earn points and may be paid with them. */
  active: boolean;
  /** A currency that the shop sells in. */
  currency: string;
  /** Days after which a balance expires; 0 for never. */
  expires_after_days: number;
  /** The fewest points that one order may be paid with. */
  points_min?: number;
  /** Which part of the goods' price may be paid with points, in parts per million. */
  share_max_ppm: number;
  /** Minor units paid for goods per point that is earned. */
  spend_per_point: number;
  title?: Texts | null;
  /** Refused with `version_conflict` unless it has this version; absent does not check. */
  version?: number | null;
  /** Minor units that one point takes off; at most `spend_per_point`. */
  worth: number;
};

/** A point on the earth, in degrees, north and east positive. */
export type Position = {
  latitude: number;
  longitude: number;
};

/** A group that is paid in two parts. */
export type Presale = {
  /** What is left to pay after the deposit, with delivery and all tax. */
  balance: Money;
  /** From when the balance can be paid, in UTC milliseconds. */
  balance_from: number;
  /** Until when it must be paid, in UTC milliseconds. */
  balance_until: number;
  /** What that counts as. */
  counts_as: Money;
  /** What is paid at once. */
  deposit: Money;
  /** Whether sellers keep the deposit when the balance is not paid or the shopper cancels before; else it goes back. */
  forfeit: boolean;
  /** What sellers kept of the deposit. */
  forfeited: Money;
  /** Whether the deposit was paid. */
  is_deposit_paid: boolean;
};

/** A variant on presale. */
export type PresaleOffer = {
  /** The seller whose offer it is; absent for the operator itself. */
  seller?: string | null;
  /** What a piece costs, one per currency. */
  terms: PresaleTerms[];
  /** Pieces on presale; the rule's own limit when absent. */
  total?: number | null;
  /** The variant's id. */
  variant: string;
};

/** What a piece on presale costs: `1 <= deposit <= counts_as <= price`. */
export type PresaleTerms = {
  /** What that counts as, in minor units. */
  counts_as: number;
  /** What is paid at once, in minor units of the same currency. */
  deposit: number;
  /** The price, of which the deposit takes off what it counts as. */
  price: Money;
};

/** All prices of one seller for a variant. */
export type PriceChange = {
  /** At most one price per currency. */
  prices: Money[];
  /** The seller's id; absent for the operator itself. */
  seller?: string | null;
};

/** A product. */
export type Product = {
  /** The maker, or empty. */
  brand: string;
  category: Named | null;
  /** When it was first saved, in UTC milliseconds. */
  created_at: number;
  /** What it is. */
  description: Texts;
  /** The slug in its address. */
  handle: string;
  /** The product's id. */
  id: string;
  /** Whether it can be seen. */
  status: Status;
  /** The tax category of all its variants. */
  tax_category: TaxCategory;
  /** Its name. */
  title: Texts;
  /** When it was last changed, in UTC milliseconds. */
  updated_at: number;
  /** What can be bought. */
  variants: Variant[];
  /** Rises by one with each change. */
  version: number;
};

/** What changes of a product; what is absent stays. */
export type ProductChange = {
  /** The maker. */
  brand?: string | null;
  description?: Texts | null;
  status?: Status | null;
  title?: Texts | null;
  /** Changes of its variants; those that are not named stay. */
  variants?: VariantChange[];
  /** The version the change was made from; refused with `version_conflict` when it is another one. */
  version: number;
};

/** One page of products, by handle. */
export type ProductList = {
  /** The products. */
  items: ProductSummary[];
  /** Where the next page begins; `null` on the last one. */
  next: string | null;
};

/** A product in a list. */
export type ProductSummary = {
  /** Pieces that can still be promised, all variants and locations together. */
  available: number;
  /** The maker, or empty. */
  brand: string;
  /** The slug in its address. */
  handle: string;
  /** The product's id. */
  id: string;
  /** The first variant's picture, or empty. */
  image: string;
  price_from: Money | null;
  price_to: Money | null;
  /** Whether it can be seen. */
  status: Status;
  /** Its name. */
  title: Texts;
  /** How many variants can be bought. */
  variants: number;
};

/** When the goods are to arrive, or to be ready for collection. */
export type Promise = {
  /** Not before, in UTC milliseconds. */
  earliest: number;
  /** Not after, in UTC milliseconds. */
  latest: number;
  /** The IANA time zone of the place that the goods come from: the shopper was told days of that place. */
  time_zone: string;
};

/** A step of the way. */
export type PromiseLeg = {
  /** When it begins, in UTC milliseconds. */
  begin: number;
  /** When it is done, in UTC milliseconds. */
  end: number;
  /** The place, line, zone or programme, by its code. */
  name: string;
  /** What happens. */
  step: PromiseStep;
  /** What it waited for before it began. */
  wait: PromiseWait;
};

/** A way of delivery. Moments are UTC milliseconds. */
export type PromiseOption = {
  /** How many of a thousand are there by then, as the past of this way says; `null` where nothing was learned yet. */
  confidence_permille: number | null;
  /** What is promised, and kept with the order: by then it is there. */
  deliver_max: number;
  /** When delivery begins at the earliest. */
  deliver_min: number;
  /** By then half of such parcels are there. */
  estimate: number;
  /** The shipping rate's code, as purchases name it. */
  id: string;
  /** The last moment at which the same would be promised, if nobody takes room meanwhile. */
  order_before: number;
  /** Its parcels. */
  parcels: PromiseParcel[];
  /** What it costs. */
  price: Money;
  /** Its service level. */
  service_level: string;
  /** Its name. */
  title: string;
};

/** One parcel of it. */
export type PromiseParcel = {
  carrier: Named | null;
  /** What is promised of this parcel. */
  deliver_max: number;
  /** Its way, in the order of time; none where the rate's days say when it is there. */
  legs: PromiseLeg[];
  /** Where it leaves from. */
  location: Named;
  /** The carrier's service; empty without one. */
  service: string;
};

/** A place where all of it could be collected. */
export type PromisePickup = {
  /** The place. */
  location: Named;
  /** From when, in UTC milliseconds. */
  ready: number;
};

/** What would be ordered, and where it would go. */
export type PromiseRequest = {
  /** When it would be ordered, in UTC milliseconds; now when absent. */
  at?: number | null;
  /** Where a parcel goes: ISO 3166-1 code of two letters. */
  country: string;
  /** ISO 4217 code of prices; the shop's own currency when absent. */
  currency?: string | null;
  /** `en`, `de` or `zh`; English when absent. */
  language?: string | null;
  /** What would be ordered. */
  lines: BuyLine[];
  /** The postal code there. Without one, what holds for the country as a whole is answered. */
  postal_code?: string;
};

/** What happens to a parcel. */
export type PromiseStep = "prepare" | "ride" | "tour" | "shelve" | "experience" | "programme";

/** What a step waited for. */
export type PromiseWait = "none" | "opening" | "departure" | "full" | "closure";

/** How the goods could be had. */
export type Promises = {
  /** Ways of delivery, the cheapest first; none when the goods cannot be sent there. */
  options: PromiseOption[];
  /** Places where all of it could be collected, the soonest first. */
  pickups: PromisePickup[];
};

/** What shows that a parcel was handed over: a signature, a photo, a code, a neighbor who took it, a place where it lies. */
export type ProofBy = "signature" | "photo" | "code" | "neighbor" | "safe_place";

/** A category in a ranking. */
export type RankedCategory = {
  /** Minor units. */
  amount: number;
  /** Lines. */
  count: number;
  /** Its name; empty for goods without a category. */
  title: Texts;
};

/** A row of a ranking. */
export type RankedName = {
  /** Minor units. */
  amount: number;
  /** Orders or payments. */
  count: number;
  /** The name; empty for what has none. */
  name: string;
};

/** Pieces of a line that came. */
export type ReceivedPieces = {
  /** The line's number. */
  number: number;
  /** Pieces that came. */
  quantity: number;
  /** Those of them that can be sold again; the others are written off. */
  restock: number;
};

/** Money given back. */
export type Refund = {
  /** All of it. */
  amount: Money;
  /** When it was asked for, in UTC milliseconds. */
  created_at: number;
  /** The part of `amount` that is delivery or goodwill. */
  extra: Money;
  /** The refund's id. */
  id: string;
  /** What came back. */
  lines: RefundLine[];
  /** Why, in the operator's words. */
  note: string;
  /** Where it is. */
  state: RefundState;
};

/** Pieces of a line that were paid back. */
export type RefundLine = {
  /** What they cost. */
  amount: Money;
  /** The line's number. */
  number: number;
  /** Pieces. */
  quantity: number;
};

/** Pieces of a line that are to be paid back. */
export type RefundPieces = {
  /** The line's number. */
  number: number;
  /** Pieces. */
  quantity: number;
};

/** What a refund would give back. */
export type RefundPreview = {
  /** All of it. */
  amount: Money;
  /** What each line gives back. */
  lines: RefundLine[];
  /** The most that can be given back now. */
  refundable: Money;
};

/** What is to be given back. */
export type RefundRequest = {
  /** A further amount, for delivery or goodwill, in minor units of the order's currency. */
  extra?: number;
  /** Handed-over pieces by line. */
  lines?: RefundPieces[];
  /** Why, in the operator's words. */
  note?: string;
  /** The id of the location where the pieces are put back into stock; absent when they are not. */
  restock?: string | null;
};

/** Where a refund is. */
export type RefundState = "pending" | "succeeded" | "failed";

/** What would have become of the orders of the last 24 hours, had they come in the campaign's first day. */
export type Rehearsal = {
  /** What they would have cost. */
  after: Money[];
  /** What the goods cost, per currency, after discounts. */
  before: Money[];
  /** The goods it is about, those with the most pieces first. */
  goods: GoodsEffect[];
  /** Whether there were more than were looked at. */
  more: boolean;
  /** Orders that were priced again. */
  orders: number;
  /** Orders that would have cost less. */
  reduced: number;
  /** What each rule would have done. */
  rules: RuleEffect[];
};

/** Pieces of a line that are to leave from elsewhere. */
export type RelocatedLine = {
  /** The line's number in the order. */
  number: number;
  /** How many pieces. */
  pieces: number;
  /** The id of the location that they are to leave from; wherever the shop plans when absent. */
  to?: string | null;
};

/** Why goods leave from elsewhere. What was not found or is damaged is written off where it was. */
export type RelocationReason = "not_found" | "damaged" | "shortage" | "closed" | "full" | "cheaper" | "other";

/** Goods of a parcel that are to leave from elsewhere. */
export type RelocationRequest = {
  /** Which; all of the parcel when absent. */
  lines?: RelocatedLine[] | null;
  /** Why. */
  reason: RelocationReason;
  /** Where all of it is to leave from, if no lines are named; wherever the shop plans when absent. */
  to?: string | null;
};

/** The figures of one currency. Amounts in minor units. */
export type ReportFigures = {
  /** What one of them is worth on average. */
  average: Compared;
  /** What was canceled of them until now. */
  canceled: Compared;
  /** Of these orders, those that were canceled whole until now. */
  canceled_orders: Compared;
  /** Goods by category, without delivery; the most revenue first, as in all lists. */
  categories: ReportRow[];
  /** The course. */
  course: ReportStep[];
  /** ISO 4217 code. */
  currency: string;
  /** What was paid for delivery. */
  delivery: Compared;
  /** What is left of the revenue after that. */
  kept: Compared;
  /** These orders, one per seller. */
  orders: Compared;
  /** Orders from phones, in thousandths of all. */
  phone_permille: Compared;
  /** What the orders from phones are worth. */
  phone_revenue: Compared;
  /** Pieces. */
  pieces: Compared;
  /** Orders by the region they go to; by city where an address names none. */
  regions: ReportRow[];
  /** What goods cost that came back until now. */
  returned: Compared;
  /** What the orders that were confirmed in the time are worth, delivery and tax included. */
  revenue: Compared;
  /** What each rule gave. */
  rules: ReportRule[];
  /** Orders by seller. */
  sellers: ReportRow[];
};

/** A part of what was sold. */
export type ReportRow = {
  /** Orders; lines for a category. */
  count: Compared;
  /** The id of what it is about; the region itself; empty for what has none, and for the rest. */
  id: string;
  /** Whether these are all that have no row of their own, together. */
  is_rest: boolean;
  /** Pieces. */
  pieces: Compared;
  /** What was paid, in minor units. */
  revenue: Compared;
  /** Its name; empty for goods without a category, and for addresses without a region. */
  title: Texts;
};

/** What a rule of the campaign gave. */
export type ReportRule = {
  /** When the first of them was placed, in UTC milliseconds; `null` when there was none. */
  first_at: number | null;
  /** When the last of them was placed. */
  last_at: number | null;
  /** What it took off them, in minor units. */
  off: number;
  /** Purchases that it reduced. */
  purchases: number;
  /** The rule's number. */
  rule: number;
};

/** A span of time that is reported. */
export type ReportSpan = {
  /** The campaign's id, if it is one's time. */
  campaign: string | null;
  /** The first moment, in UTC milliseconds. */
  from: number;
  /** Whether there were more purchases than are counted. */
  more: boolean;
  /** The campaign's name; empty for a time that is none's. */
  title: Texts;
  /** The first moment after it: as far as the campaign has come. */
  to: number;
};

/** A step of time. */
export type ReportStep = {
  /** When it began, in UTC milliseconds. */
  at: number;
  /** Orders in it. */
  orders: Compared;
  /** Pieces in it. */
  pieces: Compared;
  /** What was sold in it, in minor units. */
  revenue: Compared;
};

/** A return. */
export type Return = {
  /** What goes back for it. */
  amount: Money;
  /** What the shopper was told: how to send it, or why it is refused. */
  answer: string;
  /** When it was approved or refused, in UTC milliseconds. */
  answered_at: number | null;
  /** When it ended, in UTC milliseconds. */
  ended_at: number | null;
  /** What would go back if all of it came now, without delivery; of an open return. */
  expected: Money;
  /** The return's id. */
  id: string;
  /** What comes back. */
  lines: ReturnLine[];
  location: Named | null;
  /** What the shopper says. */
  note: string;
  /** Its order's id. */
  order: string;
  /** The shopper's photos. */
  photos: ReturnPhoto[];
  /** The refunds that it led to: one, or one for each of two payments. */
  refunds: string[];
  /** When it was asked for, in UTC milliseconds. */
  requested_at: number;
  /** Where it is. */
  state: ReturnState;
};

/** How the goods are to be sent. A text or a location is needed. */
export type ReturnApproval = {
  /** What the shopper is told: a label's address, what to write on the parcel. */
  how?: string;
  /** The id of the location that the goods are to be sent or brought to. */
  location?: string | null;
};

/** A return to be asked for. */
export type ReturnCreate = {
  /** What comes back; each line once. */
  lines: ReturnPieces[];
  /** What the shopper says. */
  note?: string;
  /** Whether it is taken though the shop's time for returns is over. */
  overlook_window?: boolean;
  /** Ids of photos that were kept for this order. */
  photos?: string[];
};

/** Pieces of a line that come back. */
export type ReturnLine = {
  /** The picture when it was sold. */
  image: string;
  /** The line's number. */
  number: number;
  /** The options when it was sold. */
  options: string;
  /** Pieces that the shopper wants to send. */
  quantity: number;
  /** Why. */
  reason: ReturnReason;
  /** Pieces that came. */
  received: number;
  /** Those of them that can be sold again. */
  restocked: number;
  /** The SKU when it was sold. */
  sku: string;
  /** The name when it was sold. */
  title: string;
};

/** One page of returns. */
export type ReturnList = {
  /** The returns. */
  items: ReturnSummary[];
  /** What to pass as `cursor` for the next page; `null` on the last. */
  next: string | null;
  /** How many returns are open, whatever was asked for. */
  open: number;
};

/** A shopper's photo. */
export type ReturnPhoto = {
  /** The photo's id. */
  id: string;
  /** Where a small one is; for whoever may see the return. */
  small: string;
  /** Where the whole one is. */
  whole: string;
};

/** Pieces of a line to be returned. */
export type ReturnPieces = {
  /** The line's number. */
  number: number;
  /** Pieces. */
  quantity: number;
  /** Why. */
  reason: ReturnReason;
};

/** Why goods come back. */
export type ReturnReason = "changed_mind" | "too_small" | "too_large" | "does_not_fit" | "damaged" | "not_as_described" | "wrong_article" | "late" | "other";

/** What came. */
export type ReturnReceipt = {
  /** Whether delivery is given back; as the shop says when absent. */
  delivery?: DeliveryRefund;
  /** What came of each line. A line that is not named did not come. */
  lines: ReceivedPieces[];
  /** The id of the location where pieces are put that can be sold again. */
  location?: string | null;
  /** The refund's note, in the operator's words. */
  note?: string;
};

/** Why goods are not taken back. */
export type ReturnRefusal = {
  /** What the shopper is told. */
  why: string;
};

/** Where a return is. */
export type ReturnState = "requested" | "approved" | "refused" | "received" | "withdrawn";

/** A return in a list. */
export type ReturnSummary = {
  /** What goes back for it. */
  amount: Money;
  /** The buyer's name. */
  buyer: string;
  /** The buyer's e-mail address. */
  email: string;
  /** The return's id. */
  id: string;
  /** Its order's id. */
  order: string;
  /** How many photos came with it. */
  photos: number;
  /** Pieces asked for. */
  pieces: number;
  /** Why, of each line. */
  reasons: ReturnReason[];
  /** When it was asked for, in UTC milliseconds. */
  requested_at: number;
  /** Where it is. */
  state: ReturnState;
  /** What the first line is called. */
  title: string;
};

/** What the shop promises of returns. */
export type ReturnTerms = {
  /** Days from delivery in which goods may be sent back; 0 for none. */
  days: number;
  /** Whether delivery is given back, too, when all of an order came back. */
  delivery: boolean;
};

/** What a buyer says of a product. */
export type Review = {
  /** What the shop answers in public, or empty. */
  answer: string;
  /** When it was first written, in UTC milliseconds. */
  created_at: number;
  /** How many said that it helped. */
  helpful: number;
  /** The review's id: there is one of each buyer for a product. */
  id: string;
  /** The language that the shop had when it was written. */
  language: string;
  /** The name that its author is shown by, or empty. */
  name: string;
  /** An order of the purchase that it speaks of. */
  order: string;
  /** Names of its photos. */
  photos: string[];
  /** The product's id. */
  product: string;
  /** The product's handle, which its page in the shop has in its address. */
  product_handle: string;
  /** The product's name. */
  product_title: Texts;
  /** Since when somebody of the shop is to look at it, in UTC milliseconds. */
  queued_at: number | null;
  /** Why it was rejected, or empty. */
  reason: string;
  /** How many reported it since somebody of the shop last looked. */
  reports: number;
  /** From 1 to 5. */
  stars: number;
  /** Where it is. */
  state: ReviewState;
  /** The text, or empty. It may be in any script and is never markup. */
  text: string;
  /** The title, or empty. */
  title: string;
  /** When its author last changed it, in UTC milliseconds. */
  updated_at: number;
  /** Rises with each change of its author or the shop. */
  version: number;
};

/** What the shop answers. */
export type ReviewAnswer = {
  /** What everybody reads below the review; empty takes it back. */
  text: string;
  /** Refused with 409 unless the review has this version. */
  version: number;
};

/** A review that is to be shown. */
export type ReviewApproval = {
  /** Refused with 409 unless the review has this version: what is shown is what was looked at. */
  version: number;
};

/** Reviews, and where the next ones begin. */
export type ReviewList = {
  /** The reviews. */
  items: Review[];
  /** What to pass as `cursor` for the next page; `null` at the end. */
  next: string | null;
};

/** A review that is not to be shown. */
export type ReviewRejection = {
  /** Why, for its author. */
  reason: string;
  /** Refused with 409 unless the review has this version. */
  version: number;
};

/** Where a review is. */
export type ReviewState = "waiting" | "shown" | "rejected" | "withdrawn";

/** What went wrong with an engine for roads. */
export type RoadsFailed = "unreachable" | "timed_out" | "refused" | "nonsense" | "no_way";

/** Why distances are not those of roads. */
export type RoadsFailure = {
  /** The engine's or the network's own words; may be empty. */
  detail: string;
  /** What went wrong. */
  why: RoadsFailed;
};

/** What an operator may do: an owner everything, staff all but operators, a courier the rounds that they drive, hub staff scans of parcels. */
export type Role = "owner" | "staff" | "courier" | "hub";

/** Who is to drive a round. */
export type RoundAssignment = {
  /** The operator's id; `null` or absent for nobody yet. */
  courier?: string | null;
  /** With what, in words. */
  vehicle?: string;
  /** Refused with `version_conflict` unless the round has this version; absent does not check. */
  version?: number | null;
};

/** A round as dispatchers see it. */
export type RoundDetail = {
  courier?: Named | null;
  /** All who ever drove it. */
  couriers: Named[];
  /** Changes of the order of stops, oldest first. */
  reordered: RoundReordered[];
  /** What its courier sees. */
  round: CourierRound;
  /** All that was said of its parcels, by parcel and in the order in which it was heard. */
  said: RoundSaid[];
};

/** A round in a list. */
export type RoundEntry = {
  courier?: Named | null;
  /** The day where it leaves from, such as `2026-11-29`. */
  day: string;
  /** Those of them that were delivered. */
  delivered: number;
  /** Those of them that could not be delivered, brought back or not. */
  failed: number;
  /** The round's id. */
  id: string;
  /** Where it leaves from. */
  location: Named;
  /** Parcels in it. */
  parcels: number;
  /** Where it is. */
  state: RoundState;
  /** Doors that it goes to. */
  stops: number;
  /** Those of them where nothing is left to do. */
  stops_done: number;
  /** With what, in words; may be empty. */
  vehicle: string;
  /** Rises by one with each change. */
  version: number;
};

/** Rounds. */
export type RoundList = {
  /** In order of their days, and of when they were planned. */
  rounds: RoundEntry[];
};

/** A parcel that goes with another round. */
export type RoundMove = {
  /** The round that it is in. */
  from: string;
  /** The fulfillment's id. */
  fulfillment: string;
  /** The round that it goes to. */
  to: string;
};

/** Where a round leaves from. */
export type RoundPlace = {
  /** The location's id. */
  id: string;
  /** Its name. */
  name: string;
  position?: Position | null;
};

/** What a plan came to. */
export type RoundPlan = {
  /** How much longer than great circles roads are taken to be where nobody measured them, in percent. */
  detour_percent: number;
  /** How distances were measured. */
  distances: Distances;
  /** Parcels that no courier has room or time for. */
  left: RoundPlanLeft[];
  /** Parcels whose place is not known: each is at the end of a round. */
  places_unknown: RoundPlanUnknown[];
  roads_failure?: RoadsFailure | null;
  /** The rounds, saved; only those that have something to bring. */
  rounds: RoundEntry[];
};

/** Somebody who can drive a round. */
export type RoundPlanCourier = {
  /** What the vehicle carries, in grams; any weight when absent. */
  capacity_grams?: number | null;
  /** The operator's id; `null` or absent for whoever will be given the round. */
  courier?: string | null;
  /** When they can leave, in UTC milliseconds. */
  from: number;
  /** How many parcels it carries; as many as a round may have when absent. */
  parcels_max?: number | null;
  /** When they must be back, in UTC milliseconds. */
  until: number;
  /** With what, in words. */
  vehicle?: string;
};

/** A parcel that is in no round of a plan. */
export type RoundPlanLeft = {
  /** The fulfillment's id. */
  fulfillment: string;
  /** The waybill's number. */
  number: string;
  /** Why. */
  reason: RoundPlanReason;
};

/** Why a parcel is in no round of a plan. */
export type RoundPlanReason = "too_large" | "too_late" | "full" | "no_time";

/** Rounds to be planned. */
export type RoundPlanRequest = {
  /** Who can drive, and with what. */
  couriers: RoundPlanCourier[];
  /** The day, such as `2026-11-29`. */
  day: string;
  /** The place that they leave from, by its id. */
  location: string;
};

/** A parcel whose place is not known. */
export type RoundPlanUnknown = {
  /** Where it goes. */
  address: StopAddress;
  /** The fulfillment's id. */
  fulfillment: string;
  /** The waybill's number. */
  number: string;
  /** The round at whose end it is. */
  round: string;
};

/** What shows that a parcel was handed over. */
export type RoundProof = {
  /** What kind of proof. */
  by: ProofBy;
  /** The code that the receiver told; may be empty. */
  code: string;
  code_matched?: CodeMatched | null;
  /** Who signed or took it, or where it lies; may be empty. */
  name: string;
  /** The address of its picture, once it has come. */
  picture?: string | null;
  position?: Position | null;
};

/** A change of the order of stops. */
export type RoundReordered = {
  /** When, in UTC milliseconds. */
  at: number;
  /** Why, in the courier's words; may be empty. */
  reason: string;
};

/** What was said of a parcel in a round. */
export type RoundSaid = {
  /** When it counts from, in UTC milliseconds. */
  at: number;
  by?: Named | null;
  /** What the phone's clock showed, in UTC milliseconds. */
  clock: number;
  /** The waybill's number. */
  number: string;
  proof?: RoundProof | null;
  reason?: FailReason | null;
  /** Whether it was taken back. */
  taken_back: boolean;
  /** What: `loaded`, `failed`, `returned` or `delivered`. */
  what: ParcelInRound;
};

/** Where a courier's round is. */
export type RoundState = "planned" | "loading" | "underway" | "closed";

/** One rule of a campaign. Rules apply in five steps (prices, multi-buys, thresholds, codes, delivery), within a step in the order of this list. */
export type Rule = {
  /** What it does. */
  deal: Deal;
  /** Not together with another rule of its step on the same goods. */
  exclusive?: boolean;
  /** To which goods; all when absent. */
  goods?: Goods;
  /** How much of it there is. */
  limits?: Limits;
  /** Only for members who are signed in. */
  members_only?: boolean;
  /** Its number within the campaign, from 1 to 255; it stays when others come or go. */
  number: number;
  /** Not on goods that any rule before it has reduced. */
  only_full_price?: boolean;
  /** What the receipt says. */
  title: Texts;
};

/** What a rule would have done. */
export type RuleEffect = {
  /** What it takes off, per currency. */
  off: Money[];
  /** Orders that it applies to. */
  orders: number;
  /** The rule's number. */
  rule: number;
  /** Orders that it would have applied to, had there been more of it. */
  used_up: number;
};

/** A variant's price in a campaign. */
export type SalePrice = {
  /** One price per currency. */
  prices: Money[];
  /** The seller whose offer it is; absent for the operator itself. */
  seller?: string | null;
  /** Pieces at this price; the rule's own limit when absent. */
  total?: number | null;
  /** The variant's id. */
  variant: string;
};

/** What became of a scan. */
export type ScanTaken = "taken" | "known" | "refused";

/** The figures of one currency. */
export type ScreenFigures = {
  /** Lines by category. */
  categories: RankedCategory[];
  /** The day's course. */
  curve: Curve;
  /** Payments by method. */
  methods: RankedName[];
  /** The next one, in minor units. */
  next_milestone: number | null;
  /** The milestones reached, in order. */
  reached: Milestone[];
  /** Orders by the region they go to; by city where an address names none. The largest first, as all rankings. */
  regions: RankedName[];
  /** Orders by seller. */
  sellers: RankedName[];
  /** The sums. */
  sums: Sums;
};

/** A link for a wall. */
export type ScreenLink = {
  /** Its number. */
  id: number;
  /** When it was made, in UTC milliseconds. */
  made_at: number;
  /** Who made it. */
  made_by: string;
  /** Which wall it is for. */
  name: string;
};

/** Which wall a link is for. */
export type ScreenLinkCreate = {
  /** A name that tells it from others. */
  name: string;
};

/** All links. */
export type ScreenLinkList = {
  /** The links, oldest first. */
  items: ScreenLink[];
};

/** A link that was just made. */
export type ScreenLinkMade = {
  /** The address to open on the wall. It has the secret in it, and is told this once. */
  address: string;
  /** The link. */
  link: ScreenLink;
};

/** A place where goods are. */
export type ScreenLocation = {
  /** Parcels that came in there that day on their way. */
  came_in: number;
  /** Parcels and collections handed over that day. */
  handed_over: number;
  /** What kind of place it is. */
  kind: LocationKind;
  /** Hundredths of a degree. */
  latitude: number;
  /** Hundredths of a degree. */
  longitude: number;
  /** Its name. */
  name: string;
};

/** Parcels between two places. */
export type ScreenParcel = {
  /** Hundredths of a degree. */
  from_latitude: number;
  /** Hundredths of a degree. */
  from_longitude: number;
  /** How many. */
  parcels: number;
  /** Hundredths of a degree. */
  to_latitude: number;
  /** Hundredths of a degree. */
  to_longitude: number;
};

/** Purchases that go to a place. */
export type ScreenPlace = {
  /** Hundredths of a degree. */
  latitude: number;
  /** Hundredths of a degree. */
  longitude: number;
  /** How many. */
  orders: number;
};

/** Everything on the screen. */
export type ScreenState = {
  /** The time on the screen, in UTC milliseconds. */
  at: number;
  best_orders: Best | null;
  best_payments: Best | null;
  /** The shop's country. */
  country: string;
  /** The day where the shop is. */
  day: string;
  /** When it began, in UTC milliseconds. */
  day_from: number;
  /** When it ends. */
  day_to: number;
  /** Parcels and collections that were delivered. */
  delivered: number;
  /** The figures by currency, the shop's own first. */
  figures: ScreenFigures[];
  /** Ways of parcels between the shop's places, as they were scanned there, the most first. */
  hauls: ScreenParcel[];
  /** Where goods are, the busiest first. */
  locations: ScreenLocation[];
  /** Orders in each of the last full seconds, oldest first. */
  orders_per_second: number[];
  /** Payments in each of the last full seconds, oldest first. */
  payments_per_second: number[];
  /** Where purchases go, the most first. */
  places: ScreenPlace[];
  /** The position of the last event of the feed that is counted. */
  position: number;
  /** Ways of parcels from where they left to the towns that they go to, the most first. */
  routes: ScreenParcel[];
  /** Parcels that left. */
  shipped: number;
  /** The shop's name. */
  shop: string;
  /** How many times as fast as it was, when the day is replayed. */
  speed: number | null;
  /** The shop's time zone. */
  time_zone: string;
};

/** The figures of a moment, and what is new on the map since the last. */
export type ScreenTick = {
  /** The time on the screen, in UTC milliseconds. */
  at: number;
  /** Parcels and collections that were delivered. */
  delivered: number;
  /** Where new purchases go. */
  lights: ScreenPlace[];
  /** Orders in the last minute. */
  orders_last_minute: number;
  /** Orders in the last full second. */
  orders_last_second: number;
  /** New parcels. */
  parcels: ScreenParcel[];
  /** Payments in the last minute. */
  payments_last_minute: number;
  /** Payments in the last full second. */
  payments_last_second: number;
  /** The position of the last event of the feed that is counted. */
  position: number;
  /** Parcels that left. */
  shipped: number;
  /** The sums by currency. */
  sums: Sums[];
};

/** What was seen of a parcel. */
export type Seen = {
  /** When it happened, in UTC milliseconds; the entry's own time is when it was heard. */
  at: number;
  /** Where, in words; may be empty. */
  place: string;
  /** What. */
  status: TrackingStatus;
  /** Whether whoever said it takes it back with this. */
  withdrawn: boolean;
};

/** Who saw a parcel: its carrier, or the shop's own staff. */
export type SeenBy = "carrier" | "staff";

/** Who sells. */
export type Seller = {
  billing: SellerBilling | null;
  /** A short code. */
  code: string;
  /** Whether this is the operator itself. */
  first_party: boolean;
  /** The seller's id. */
  id: string;
  /** The name shoppers see. */
  name: string;
};

/** What invoices say of a seller, and since when. */
export type SellerBilling = {
  /** What. */
  says: BillingBody;
  /** Since when, in UTC milliseconds. */
  since: number;
};

/** Whether somebody is signed in. */
export type SessionState = {
  me: Me | null;
};

/** The shop's settings. */
export type Settings = {
  /** Where it is established: ISO 3166-1. */
  country: string;
  /** Currencies on offer. */
  currencies: CurrencySetting[];
  /** The currency of a shopper who did not choose. */
  currency: string;
  /** Mails about orders. */
  mail: MailStatus;
  /** Payment providers. */
  payment_providers: PaymentProvider[];
  /** Where the shop is reached. */
  public_url: string;
  /** Who sells. */
  sellers: Seller[];
  /** Ways of shipping. */
  shipping_rates: ShippingRate[];
  /** Countries that parcels go to; empty for everywhere a shipping rate reaches. */
  ships_to: string[];
  /** The name shoppers see. */
  shop_name: string;
  /** Tax rates by country. */
  tax_rates: TaxRate[];
};

/** With whom a parcel leaves. */
export type Shipping = {
  /** The carrier's name; empty for the carrier of its waybill. */
  carrier?: string;
  /** The label's number, or empty. */
  tracking_number?: string;
  /** Where the shopper can follow it: an `https:` or `http:` address, or empty. */
  tracking_url?: string;
};

/** A way of shipping. */
export type ShippingRate = {
  /** A short code. */
  code: string;
  /** The destination's country; `null` for every country without a rate of the same level. */
  country: string | null;
  /** The rate's id. */
  id: string;
  /** One price per currency. */
  prices: Money[];
  /** `standard`, `express`, …. */
  service_level: string;
  /** The name shoppers see. */
  title: Texts;
  /** Working days from shipping to arrival, at most. */
  transit_days_max: number;
  /** Working days from shipping to arrival, at least. */
  transit_days_min: number;
};

/** Something that was seen of a parcel. */
export type Sighting = {
  /** When it happened: RFC 3339 with an offset, so that nobody has to guess the zone. */
  at: string;
  by?: SeenBy | null;
  /** What its teller knows it by: told again under it, it is the same. Made of the rest when absent. */
  key?: string | null;
  /** What else is to be said. */
  note?: string;
  /** The waybill's number, as it was read. */
  number: string;
  /** Where, in words. */
  place?: string;
  /** Why, as a short word, such as `nobody_home`. */
  reason?: string;
  /** What. */
  status: TrackingStatus;
  /** Whether what was said under this key is taken back. */
  withdraws?: boolean;
};

/** What became of one. */
export type SightingResult = {
  /** Why it is not kept: a code of an error. */
  code: string | null;
  /** The fulfillment, if one has this number. */
  fulfillment: string | null;
  /** The same as a sentence. */
  message: string | null;
  /** The number, as it was sent. */
  number: string;
  status: TrackingStatus | null;
  /** Whether it is kept. What was heard before is. */
  taken: boolean;
};

/** What became of each, in their order. */
export type SightingResults = {
  /** One per event. */
  results: SightingResult[];
};

/** Things that were seen. */
export type Sightings = {
  /** At most 1,000; each is taken or refused by itself. */
  events: Sighting[];
};

/** Who wants to sign in. */
export type SignIn = {
  /** The e-mail address. */
  email: string;
  /** The password. */
  password: string;
};

/** A place that sends parcels. */
export type Source = {
  /** If nobody does, who said why not. */
  declined: CarrierDeclined[];
  /** Whether the parcel leaves from here now. */
  is_here: boolean;
  /** Whether all of it could leave from here. */
  is_whole: boolean;
  /** What of it could leave from here, by line; where the parcel leaves from now, its own pieces are counted. */
  lines: SourceLine[];
  /** The place. */
  location: Named;
  offer: CarrierOffer | null;
};

/** What of a line could leave from a place. */
export type SourceLine = {
  /** The line's number in the order. */
  number: number;
  /** Pieces that could leave from there, at most those of the parcel. */
  pieces: number;
};

/** Where a parcel can leave from: all places that send parcels. */
export type Sources = {
  /** Those first that have everything, then the cheapest, then those that the shop ranks better. */
  items: Source[];
  /** What the articles weigh by the catalog, in grams; 0 where that is not known: then no carrier was asked. */
  weight_grams: number;
};

/** What looking at open parcels again came to. */
export type SourcingReport = {
  last: SourcingRun | null;
};

/** One look at all parcels that nobody had begun with. */
export type SourcingRun = {
  /** When it ended, in UTC milliseconds. */
  at: number;
  /** What no plan can cost less than. */
  bound: Money;
  /** Orders that would leave from elsewhere by the new plan. */
  cheaper: number;
  /** What carriers ask for these parcels from where they were to leave. */
  cost: Money;
  /** How far the new plan is above that at most, in millionths. */
  gap_millionths: number;
  /** Parcels of which goods moved for that. */
  moved: number;
  /** Orders that were planned anew together. */
  orders: number;
  /** Their parcels. */
  parcels: number;
  /** What they would ask by the new plan. */
  planned: Money;
  /** Parcels of which goods could not, as somebody had begun with them or the goods were gone meanwhile. */
  refused: number;
  /** Parcels of which goods moved because they could not leave from where they were. */
  repaired: number;
  /** Whether parcels move because it costs less, as the configuration says. */
  saves: boolean;
  /** Parcels of which goods should have moved, and are nowhere else: somebody must look. */
  stuck: number;
  /** How long it took, in milliseconds. */
  took_ms: number;
};

/** Whether a product or variant can be seen and bought. */
export type Status = "draft" | "active" | "archived";

/** How a fulfillment moves on. */
export type Step = "pick" | "pack" | "ship" | "deliver";

/** An account of goods. */
export type StockAccount = "free" | "reserved" | "supplier" | "customer" | "adjustment";

/** How many changes changed anything. */
export type StockAdjusted = {
  /** Changes that changed something. */
  changed: number;
  /** Changes that found it so already. */
  unchanged: number;
};

/** Changes of stock with one cause. All are made, or none. */
export type StockAdjustment = {
  /** The changes. */
  changes: StockChange[];
  /** Why, in the operator's words. */
  note?: string;
};

/** Why goods moved. */
export type StockCause = "reserve" | "release" | "expire" | "fulfill" | "return" | "count" | "receive" | "damage" | "import";

/** One change of stock. */
export type StockChange = {
  /** What the number says. */
  kind: StockChangeKind;
  /** The location's id. */
  location: string;
  /** Pieces. */
  pieces: number;
  /** The variant's id. */
  variant: string;
};

/** What the number of a change says. */
export type StockChangeKind = "counted" | "received" | "damaged" | "safety_stock";

/** What is there of one variant at one location. */
export type StockLevel = {
  /** Pieces that can still be promised. */
  available: number;
  /** The picture, or empty. */
  image: string;
  /** Where. */
  location: Named;
  /** Pieces that are physically there. */
  on_hand: number;
  /** The options, or empty. */
  options: string;
  /** Its product. */
  product: string;
  /** Pieces of these that are set aside for orders. */
  reserved: number;
  /** Pieces that are never promised online. */
  safety_stock: number;
  /** Pieces that orders rely on although they are not there. */
  shortage: number;
  /** The SKU. */
  sku: string;
  /** The name. */
  title: Texts;
  /** What. */
  variant: string;
};

/** One page of levels, by SKU. */
export type StockList = {
  /** The levels. */
  items: StockLevel[];
  /** Where the next page begins; `null` on the last one. */
  next: string | null;
};

/** One double entry of goods, seen from a location. */
export type StockMovement = {
  /** When, in UTC milliseconds. */
  at: number;
  /** Why. */
  cause: StockCause;
  /** The account they left. */
  from: StockAccount;
  /** Its number. */
  number: number;
  /** The order, when it was for one. */
  order: string | null;
  /** Pieces. */
  quantity: number;
  /** The account they went to. */
  to: StockAccount;
};

/** A part of the stock that deserves attention. */
export type StockOnly = "low" | "short";

/** The address of a stop. */
export type StopAddress = {
  city: string;
  /** ISO 3166-1 code of two letters, or empty. */
  country: string;
  postal_code: string;
  /** State or province, or empty. */
  region: string;
  street: string;
  /** Second line, or empty. */
  street_2: string;
};

/** What was sold, paid and given back in one currency that day. Each sum equals the same sum over the database. */
export type Sums = {
  /** What they were worth. */
  canceled: number;
  /** Orders canceled whole after they had been confirmed. */
  canceled_orders: number;
  /** ISO 4217 code. */
  currency: string;
  /** That money. */
  given_back: number;
  /** Money taken and not given back. */
  kept: number;
  /** Their orders, one per seller. */
  orders: number;
  /** Orders sold and not canceled. */
  orders_standing: number;
  /** Payments whose money was taken. */
  payments: number;
  /** Those of them that came from phones. */
  phone_orders: number;
  /** Purchases that were confirmed. */
  purchases: number;
  /** Refunds that were paid out. */
  refunds: number;
  /** What they are worth, delivery and tax included; what is canceled later stays in it. */
  sold: number;
  /** What they are worth. */
  standing: number;
  /** That money. */
  taken: number;
};

/** What is charged on top. */
export type Surcharge = {
  /** How much. */
  amount: SurchargeAmount;
  /** A short code, unique within the carrier. */
  code: string;
  /** For which parcels. */
  when: SurchargeWhen;
};

/** How much is charged on top. */
export type SurchargeAmount = {
  /** Minor units of the carrier's currency. */
  fixed: number;
} | {
  /** Parts per million of the rate card's price. */
  percent: number;
};

/** For which parcels something is charged on top. */
export type SurchargeWhen = "always" | {
  /** To a zone. */
  zone: string;
} | {
  /** When the scales show more than so many grams. */
  heavier_than: number;
} | {
  /** When the longest side is longer than so many millimeters. */
  longer_than: number;
};

/** What can be done with a switch. */
export type SwitchAct = "shed" | "serve" | "released" | "planned";

/** What was done with a switch. */
export type SwitchChange = {
  /** When, in UTC milliseconds. */
  at: number;
  /** By whom; an operator's name. */
  by: string | null;
  /** How many plans there were from then on, of a change of the plans. */
  plans: number | null;
  /** Until when it was thrown, in UTC milliseconds; `null` until further notice. */
  until: number | null;
  /** What. */
  what: SwitchAct;
};

/** Where a switch stands. */
export type SwitchEntry = {
  /** Who threw it or planned what holds now; an operator's name, or `null` when nobody did. */
  by: string | null;
  /** Whether a hand holds it there, and not a plan. */
  by_hand: boolean;
  /** What was done with it, the newest first; at most 50. */
  changes: SwitchChange[];
  next: SwitchSpan | null;
  /** What is planned. */
  plans: SwitchPlanEntry[];
  /** What it does now. */
  position: SwitchPosition;
  /** Since when, in UTC milliseconds. */
  since: number | null;
  /** Until when, in UTC milliseconds; `null` until further notice. */
  until: number | null;
  /** Its version: 0 until it was touched. */
  version: number;
  /** Of which work. */
  work: WorkKind;
};

/** All switches. */
export type SwitchList = {
  /** One for each kind of work, always in the same order. */
  items: SwitchEntry[];
  /** The server's clock, in UTC milliseconds. */
  now: number;
  /** The shop's time zone. */
  time_zone: string;
};

/** When work is shed by itself. */
export type SwitchPlan = {
  /** The first moment, as clocks in the time zone show it. */
  from: string;
  /** The IANA time zone of the two. */
  time_zone: string;
  type: "between";
  /** The moment after the last. */
  until: string;
} | {
  /** Until so many minutes after it. */
  after_minutes: number;
  /** From so many minutes before its beginning. */
  before_minutes: number;
  /** The campaign's id. */
  campaign: string;
  type: "around";
};

/** A plan as it stands. */
export type SwitchPlanEntry = {
  /** Who planned it; an operator's name. */
  by: string | null;
  campaign_title: Texts | null;
  /** What was planned. */
  plan: SwitchPlan;
  /** When they did, in UTC milliseconds. */
  planned_at: number;
  span: SwitchSpan | null;
  /** The time zone in which it is meant to be read. */
  time_zone: string;
};

/** The plans of a switch, all of them. */
export type SwitchPlans = {
  /** What is planned from now on, instead of what was. */
  plans: SwitchPlan[];
  /** The version that was looked at; another one is refused with `version_conflict`. Absent for whichever it is. */
  version?: number | null;
};

/** What a switch does: it sheds the work, or serves it. */
export type SwitchPosition = "shed" | "serve";

/** A switch to be left to its plans. */
export type SwitchRelease = {
  /** The version that was looked at; another one is refused with `version_conflict`. Absent for whichever it is. */
  version?: number | null;
};

/** A time, in UTC milliseconds. */
export type SwitchSpan = {
  /** Its first moment. */
  from: number;
  /** The moment after its last; `null` until further notice. */
  until: number | null;
};

/** A switch to be thrown by hand. */
export type SwitchThrow = {
  /** To where. */
  position: SwitchPosition;
  /** Until when, in UTC milliseconds; absent until further notice. */
  until?: number | null;
  /** The version that was looked at; another one is refused with `version_conflict`. Absent for whichever it is. */
  version?: number | null;
};

/** A table of a carrier to be saved, whole. */
export type TableChange = {
  /** The table as CSV, with its header. */
  csv: string;
  /** Refused with `version_conflict` unless the carrier has this version; absent does not check. */
  version?: number | null;
};

/** How much was taken of a limit. */
export type Taken = {
  /** What is counted: `orders`, `money` or `pieces`; of red packets `packets` that were drawn, `drawn` for what they hold, and `money` for what of that was spent. */
  counted: string;
  /** The rule's number. */
  rule: number;
  /** How much was taken, in minor units if it is money. */
  taken: number;
  /** How much there is. */
  total: number;
  variant?: Named | null;
};

/** The tax category of goods. */
export type TaxCategory = "standard" | "reduced" | "zero";

/** Whether prices are entered and shown with tax. */
export type TaxDisplay = "inclusive" | "exclusive";

/** A tax rate. */
export type TaxRate = {
  /** To what it applies. */
  category: TaxCategory;
  /** Where it applies. */
  country: string;
  /** Parts per million: 19 % is 190000. */
  rate_ppm: number;
};

/** One text in the shop's languages; a language without a text is absent. */
export type Texts = {
  /** German. */
  de?: string | null;
  /** English. */
  en?: string | null;
  /** Chinese, simplified. */
  zh?: string | null;
};

/** So much off for so much spent. */
export type ThresholdStep = {
  /** What is taken off then, in minor units of the same currency. */
  off: number;
  /** What must be spent. */
  spend: Money;
};

/** What happened to a ticket. */
export type TicketEvent = {
  /** When, UTC milliseconds, to the second. */
  at: number;
  /** The number of the record's block that says so. */
  block: number;
  /** `issued`, `place_reached`, `lottery_draw` or `fell_out`. */
  what: string;
};

/** What the record says of a ticket. */
export type TicketRecord = {
  /** What happened to it, oldest first. */
  items: TicketEvent[];
  /** The room's number. */
  room: number;
  /** The ticket's number. */
  ticket: number;
};

/** The tiles: how the shop is doing. */
export type Tiles = {
  /** When they were counted, in UTC milliseconds. */
  at: number;
  /** Parcels and collections that wait to be picked or packed. */
  open_picks: number;
  /** Orders placed in the last full minute. */
  orders_last_minute: number;
  /** Orders placed per minute, oldest first; the last one is the last full minute. */
  orders_per_minute: number[];
  /** Orders placed today. */
  orders_today: number;
  /** Orders from phones today, in parts per thousand of all; `null` without orders. */
  phone_share_permille: number | null;
  /** What was ordered today and not canceled, per currency, the largest first. */
  revenue_today: Money[];
  /** When today began where the shop is, in UTC milliseconds. */
  today_from: number;
};

/** From when until when, in UTC milliseconds. */
export type TimeWindow = {
  from: number;
  until: number;
};

/** When a carrier's service drives: its tables as CSV. `docs/promise.md` says what their columns mean. */
export type Timetable = {
  /** `calendar,day,hours`. */
  calendars?: string;
  /** `closed,from,until`. */
  closures?: string;
  /** `code,time_zone,calendar`. */
  hubs?: string;
  /** `code,from,to,calendar,cutoff,depart,arrive,capacity`. */
  lines?: string;
  /** `code,zone,location,weight_max_grams,calendar,order_by,ship_by,from,to,capacity`. */
  programmes?: string;
  /** The carrier's version. When saving: refused with `version_conflict` unless it has this version; absent does not check. */
  version?: number | null;
  /** `zone,hub,time_zone,calendar,cutoff,from,to,capacity`. */
  zones?: string;
};

/** What an order costs. */
export type Totals = {
  /** The lines as paid. */
  goods: Money;
  /** What was to be paid for the whole group. */
  group_total: Money;
  /** What went back for this order or is on its way back. */
  refunded: Money;
  /** Its part of the delivery price as paid. */
  shipping: Money;
  /** The tax contained in `total`. */
  tax: Money;
  /** What was to be paid for this order. */
  total: Money;
};

/** Which of a visitor's touches counts. */
export type TouchChoice = "first" | "last";

/** Where a parcel is. */
export type TrackingStatus = "pending" | "picked_up" | "in_transit" | "on_hold" | "delivery_delayed" | "out_for_delivery" | "delivery_failed" | "ready_for_pickup" | "return_to_sender" | "delivered";

/** What the rows of a report are. */
export type TrafficDimension = "source" | "medium" | "campaign" | "referral" | "landing" | "channel" | "device";

/** Visits of a span of days, and what was bought in it, by where they came from. */
export type TrafficReport = {
  /** What the rows are. */
  by: TrafficDimension;
  /** The currencies in which something was bought, the shop's own first; never empty. */
  currencies: string[];
  /** The first day. */
  from: string;
  /** The rows, the most revenue first. */
  rows: TrafficRow[];
  /** The time zone of the days. */
  time_zone: string;
  /** The last day. */
  to: string;
  /** All rows together. */
  total: TrafficRow;
  /** The touch that counts. */
  touch: TouchChoice;
  /** How many days a touch counts after it; 0 where browsers are asked to keep none. */
  window_days: number;
};

/** What came from one place. */
export type TrafficRow = {
  /** Purchases per visit in millionths; `null` without visits. */
  conversion_ppm: number | null;
  /** Whether this is all that has no row of its own. */
  is_rest: boolean;
  /** Purchases: what was paid for in one go. */
  purchases: number;
  /** What was sold, for each of the report's currencies. */
  sales: TrafficSales[];
  /** The source, the medium and so on; empty where none is known. */
  value: string;
  /** Visits. */
  visits: number;
};

/** What was sold in one currency. */
export type TrafficSales = {
  average: Money | null;
  /** Orders, one per seller. */
  orders: number;
  /** What they are worth: goods and delivery as paid, tax included. */
  revenue: Money;
  /** The part of all revenue in the currency, in thousandths. */
  share_permille: number;
};

/** Requests of a class that were turned away. */
export type TurnedAway = {
  /** `begun`, `begin`, `read` or `operators`. */
  class: string;
  /** Because more was in work than the shop can do. */
  overloaded: number;
  /** Because their client asked for too much. */
  too_many: number;
};

/** What is bought. */
export type Variant = {
  /** Pieces that can still be promised, all locations together. */
  available: number;
  /** The trade item number, or empty. */
  gtin: string;
  /** The variant's id. */
  id: string;
  /** The picture, or empty. */
  image: string;
  /** Who sells it at which prices. */
  offers: Offer[];
  /** The options, or empty. */
  options: string;
  /** The stock keeping unit. */
  sku: string;
  /** Whether it can be bought. */
  status: Status;
  /** Weight with packing, in grams; 0 when unknown. */
  weight_grams: number;
};

/** What changes of a variant; what is absent stays. */
export type VariantChange = {
  /** The variant's id. */
  id: string;
  prices?: PriceChange | null;
  status?: Status | null;
};

/** Levels of one variant at all locations that have or had it. */
export type VariantStock = {
  /** One per location. */
  items: StockLevel[];
};

/** The open waiting room. */
export type WaitingRoom = {
  /** Who opened it: an operator's address, or `the shop itself`. */
  by: string;
  /** What for; may be empty. */
  campaign: string;
  /** SHA-256 of the seed of the draw, to be published before anybody comes. */
  commitment?: string | null;
  /** Whether the draw was done. */
  drawn: boolean;
  /** Whether the shop's load decides how many. */
  follows_load: boolean;
  /** Shoppers inside, and those who may come in. */
  inside: number;
  /** Tickets given. */
  issued: number;
  /** Let in during the last minute. */
  let_in_last_minute: number;
  /** Before this nobody is let in, UTC milliseconds. */
  opens_at?: number | null;
  /** In which order shoppers are let in. */
  order: LineOrder;
  /** How many are let in a minute now. */
  per_minute: number;
  /** Its number. */
  room: number;
  /** Since when, UTC milliseconds. */
  since: number;
  /** Tickets that wait. */
  waiting: number;
};

/** A waybill to be booked. */
export type WaybillRequest = {
  /** The carrier's id, together with `service`; the cheapest that takes the parcel when absent. */
  carrier?: string | null;
  /** The service's code. */
  service?: string | null;
  /** Length, width and height in millimeters. */
  size_mm?: number[] | null;
  /** What the scales show, in grams; the weight of its articles when absent. */
  weight_grams?: number | null;
};

/** A waybill that was booked, or why it was not. */
export type WaybillResult = {
  error?: ErrorInfo | null;
  /** The fulfillment's id, as it was asked for. */
  fulfillment: string;
  waybill?: Parcel | null;
};

/** What became of each. */
export type WaybillResults = {
  /** One for each parcel, in their order. */
  results: WaybillResult[];
};

/** Waybills to be booked. */
export type WaybillsRequest = {
  /** The carrier's id, together with `service`; for each parcel the cheapest that takes it when absent. */
  carrier?: string | null;
  /** The parcels, by the ids of their fulfillments. */
  fulfillments: string[];
  /** The service's code. */
  service?: string | null;
};

/** A kind of work that is optional. */
export type WorkKind = "recommendations" | "reviews" | "refunds" | "exports" | "pictures" | "alerts";
