/* Consent, release, withdrawal, destruction, the clock, the anchor, the journal, backups and restores: the
 * protocol of engine/operations and server/daemon, every durable write a step of its own, cut by crashes.
 * What stands for which function, what is left out and why: docs/design/0008-the-protocol-model.md.
 * SPDX-License-Identifier: Apache-2.0
 *
 * One process picks among all events that are possible; memory of the service is a set of variables that a
 * crash clears. Names that begin with g_ are what the outside world knows: only assertions read them.
 *
 * Bounds: CRASHES RESTORES RAWS IMAGES JUMPS MIRRORS; parts: RELEASES SHOWING ERASING.
 * Planted bugs are the BUG_... switches; run.py has the list. */

#ifndef CRASHES
#define CRASHES 2
#endif
#ifndef RESTORES
#define RESTORES 1
#endif
#ifndef RAWS
#define RAWS 1
#endif
#ifndef IMAGES
#define IMAGES 1
#endif
#ifndef JUMPS
#define JUMPS 1
#endif
#ifndef MIRRORS
#define MIRRORS 1
#endif
#ifndef RELEASES
#define RELEASES 1
#endif
#ifndef SHOWING
#define SHOWING 1
#endif
#ifndef ERASING
#define ERASING 1
#endif

#ifndef LAST_TIME
#define LAST_TIME 2
#endif
#ifndef INITIAL_CONSENT
#define INITIAL_CONSENT REQUESTED
#endif
#ifndef INITIALLY_SHOWN
#define INITIALLY_SHOWN 0
#endif
#ifndef DEADLINE
#define DEADLINE 2 /* a consent is over when the service's time reaches it */
#endif
#define FRESH 1    /* an act is accepted that many ticks around its own time */
#define LAST_SEQUENCE 14
#define LAST_BRANCH 3

/* consents */
#define ABSENT 0
#define REQUESTED 1
#define GRANTED 2
#define WITHDRAWN 3
/* a request of erasure */
#define NO_REQUEST 0
#define DESTROYING 2
#define DONE 3
/* the key tree's database: old nodes; intent, old and copied nodes; copied nodes only */
#define OLD_TREE 0
#define BOTH_TREES 1
#define NEW_TREE 2
/* the service */
#define DOWN 0
#define RECOVERING 1
#define SERVING 2
#define RESTORING 3
/* the pipeline's leader */
#define IDLE 0
#define JOURNAL 1
#define ANCHOR 2
#define LATE_JOURNAL 3
#define BATCH_AFTER 4
#define ANSWERED_EARLY 5
/* calls */
#define GRANT 0
#define RELEASE_A 1
#define RELEASE_B 2
#define WITHDRAW 3
#define SHOW 4
#define HIDE 5
#define MARK 6
#define ERASE 7
#define RECEIPT 8
#define CALLS 9
/* kinds of narrowing acts */
#define BY_WITHDRAWAL 0
#define BY_HIDING 1
#define BY_ERASURE 2
#define KINDS 3

#define BIT(i) (1 << (i))
#define HAS(set, i) (((set) & BIT(i)) != 0)
#define ON_CONSENT (BIT(GRANT) | BIT(RELEASE_A) | BIT(RELEASE_B) | BIT(WITHDRAW))
#define ON_PERSON (BIT(GRANT) | BIT(WITHDRAW) | BIT(SHOW) | BIT(HIDE))
#define ON_RELEASE (BIT(RELEASE_A) | BIT(RELEASE_B))

/* ---- durable: the data disk ---- */
typedef Data {
  unsigned sequence : 4;     /* of the last log entry */
  int log;           /* two bits for each sequence: the branch of history that wrote it; 0: no such entry */
  unsigned consent : 2;
  unsigned release : 2;      /* under the order key: which release, 0 for none */
  byte answers[2];   /* idempotency records of the two release calls: the sequence answered */
  byte narrowing[KINDS]; /* narrowing/ records: the sequence of the act */
  unsigned erasure : 2;
  unsigned bar : 2;          /* 1 + the time up to which acts that show the person are too old; 0: none */
  bool person;
  bool shown;        /* discoverable */
  bool nonce         /* of the signed act that shows the person: used */
}
Data store;
Data image;          /* one copy of the store: a backup, or an image of the disk */
bool image_taken;
unsigned image_tree : 2;
unsigned tree : 2 = OLD_TREE;
unsigned tree_copy : 2 = OLD_TREE; /* keytree/ beside the backups */

/* ---- durable: the anchor's device, MIRRORS of it ---- */
typedef Slot {
  bool whole;
  unsigned age : 2;          /* 3: the last epoch, 2: the one before, ..., 0: older */
  unsigned sequence : 4;
  unsigned branch : 2;       /* stands for the head hash */
  unsigned floor : 2;
  bool new_root      /* the key tree's root key: old or new */
}
Slot slots[2 * MIRRORS];
byte journal[KINDS]; /* the highest sequence of an act of each kind; 0: none */
unsigned journal_bar : 2;

#ifdef ROLLED_ANCHOR
Slot image_slot;
byte image_journal[KINDS];
byte image_journal_bar;
#endif
#ifdef BUG_RESTORED_FLOOR
byte image_floor;
#endif

/* ---- memory of the service ---- */
unsigned up : 2 = DOWN;
unsigned floor : 2;
bool trusted;
unsigned queued : 7;         /* calls that have staged a change */
bool queued_erase;   /* the ninth and tenth bit */
bool queued_receipt;
unsigned stale : 7;          /* of these, whose conditions do not hold any more */
unsigned step : 3 = IDLE;
unsigned group : 9;           /* calls in the batch that is on its way */
unsigned narrowed : 3;       /* acts of the batch that the journal lacks */
unsigned writes : 3;         /* slots written of this store */
bool flips;          /* this store carries the new root and goes into every slot */
bool root_is_new;    /* of the anchor as loaded or last stored */
unsigned destroying : 3;     /* how far a destruction is: 1 marked .. 7 */
bool key_was_gone;
unsigned restored_up_to : 4; /* while restoring: the image's sequence */
unsigned reapplied : 2;      /* while restoring: acts looked at */
bool continued;      /* while restoring: the log says what is lost */
bool unanchored;     /* while recovering: the store has entries or the journal acts that the anchor lacks */
unsigned seen_none : 3;      /* release calls that found no release under the order key */

bool sealed;         /* the last start was refused; the daemon is down */
bool interrupted;    /* a restore was begun and its anchor was not written */

/* ---- the world ---- */
unsigned clock : 2;
unsigned wall : 2;
unsigned act_at : 3;         /* 1 + the time in the signed act that shows the person; 0: not signed yet */
unsigned crashes : 3; unsigned restores : 2; unsigned raws : 2; unsigned images : 2; unsigned jumps : 2;
unsigned branch : 2 = 1;     /* grows when the store is put back */

/* ---- what the world was told ---- */
unsigned g_promised : 4;     /* the highest position acknowledged, and its branch */
unsigned g_promised_branch : 2;
unsigned g_release : 2;      /* which release the order was answered by */
unsigned g_releases : 2;
bool g_withdrawn; bool g_hidden; bool g_gone;
bool g_late_start;   /* the deadline had passed when the service started */
bool g_late_answer;  /* something was acknowledged at a service time at or after the deadline */
unsigned g_vouched : 2;      /* the latest time that a checked clock showed */
bool g_raw;          /* somebody put an old image in place: the service may stay sealed */

/* ---- helpers, used inside one d_step only; no part of the state ---- */
#ifdef BREADTH_FIRST
#define SCRATCH /* the checker cannot leave variables out then */
#else
#define SCRATCH hidden
#endif
SCRATCH byte i; SCRATCH byte t; SCRATCH byte taken; SCRATCH byte best; SCRATCH byte target; SCRATCH byte other;
SCRATCH byte found;

#define HEAD(s, q) ((s.log >> (2 * (q))) & 3)

#ifdef BUG_WALL_CLOCK
#define NOW wall
#else
#define NOW (wall > floor -> wall : floor)
#endif

inline look_at_the_clock() {
  if
#ifdef BUG_UNCHECKED_ADVANCES
  :: wall > floor -> floor = wall
#else
  :: trusted && wall > floor -> floor = wall; if :: g_vouched < wall -> g_vouched = wall :: else fi
#endif
  :: else
  fi;
  assert(floor <= g_vouched) /* P8: only a checked clock moves the floor */
}

inline copy_data(to, from) {
  to.sequence = from.sequence; to.log = from.log; to.consent = from.consent; to.release = from.release;
  to.answers[0] = from.answers[0]; to.answers[1] = from.answers[1];
  to.narrowing[0] = from.narrowing[0]; to.narrowing[1] = from.narrowing[1]; to.narrowing[2] = from.narrowing[2];
  to.erasure = from.erasure; to.bar = from.bar; to.person = from.person; to.shown = from.shown; to.nonce = from.nonce
}

inline append_entry() {
  assert(store.sequence < LAST_SEQUENCE);
  store.sequence++;
  store.log = store.log | (branch << (2 * store.sequence))
}

inline forget_person() {
  store.person = false; store.consent = ABSENT; store.release = 0; store.shown = false; store.bar = 0
}

/* best: the slot with the highest epoch; 2 * MIRRORS when none is whole */
inline find_best() {
  best = 2 * MIRRORS; i = 0;
  do
  :: i < 2 * MIRRORS ->
     if
     :: slots[i].whole && best == 2 * MIRRORS -> best = i
     :: slots[i].whole && best < 2 * MIRRORS ->
        if :: slots[i].age > slots[best].age -> best = i :: else fi
     :: else
     fi;
     i++
  :: else -> break
  od
}

/* target: the slot of mirror m to be written next, the one that is not the mirror's highest epoch */
inline find_target(m) {
#ifdef BUG_ONE_SLOT
  target = 2 * (m)
#else
  if
  :: !slots[2 * (m)].whole -> target = 2 * (m)
  :: slots[2 * (m)].whole && !slots[2 * (m) + 1].whole -> target = 2 * (m) + 1
  :: else ->
     if
     :: slots[2 * (m)].age > slots[2 * (m) + 1].age -> target = 2 * (m) + 1
     :: else -> target = 2 * (m)
     fi
  fi
#endif
}

/* One slot of the store that is under way. */
inline write_slot(of_sequence, of_branch) {
  if
  :: writes == 0 -> /* a new epoch: all others are one older */
     i = 0;
     do
     :: i < 2 * MIRRORS -> if :: slots[i].age > 0 -> slots[i].age = slots[i].age - 1 :: else fi; i++
     :: else -> break
     od;
#ifdef ROLLED_ANCHOR
     if :: image_slot.age > 0 -> image_slot.age = image_slot.age - 1 :: else fi
#endif
  :: else
  fi;
#if MIRRORS == 2
  find_target(writes % 2);
#else
  find_target(0);
#endif
  slots[target].whole = true; slots[target].age = 3;
  slots[target].sequence = of_sequence; slots[target].branch = of_branch;
  slots[target].floor = floor; slots[target].new_root = root_is_new || flips;
  writes++
}
#define ALL_WRITTEN (writes == (flips -> 2 * MIRRORS : MIRRORS))

/* What must hold whenever the service answers. */
inline check_serving() {
  assert(!(g_withdrawn && (store.consent == REQUESTED || store.consent == GRANTED))); /* P2 */
  assert(!(g_hidden && store.shown));                                                  /* P5 */
  assert(!(g_gone && store.person));                                                   /* P6 */
  assert(g_promised == 0 || HEAD(store, g_promised) == g_promised_branch)              /* P3, P7 */
}

/* No slot, whole or torn, holds the root key under which older trees open. */
inline check_old_root_is_gone() {
  i = 0;
  do
  :: i < 2 * MIRRORS -> assert(slots[i].new_root); i++ /* P6 */
  :: else -> break
  od
}

inline promise(q) {
  if
  :: q > g_promised -> g_promised = q; g_promised_branch = HEAD(store, q)
  :: else -> assert(HEAD(store, g_promised) == g_promised_branch) /* P7 */
  fi
}

inline tell_release() {
  assert(g_release == 0 || g_release == store.release || store.release == 0); /* P4 */
  if :: store.release != 0 -> g_release = store.release :: else fi
}

/* Every call of the group is answered. */
inline answer_group() {
  if :: group != 0 -> promise(store.sequence) :: else fi;
  if :: group != 0 && floor >= DEADLINE -> g_late_answer = true :: else fi;
  if :: (group & ON_RELEASE) != 0 -> tell_release() :: else fi;
  if :: HAS(group, WITHDRAW) -> g_withdrawn = true :: else fi;
  if :: HAS(group, HIDE) -> g_hidden = true :: else fi;
  if :: HAS(group, MARK) -> destroying = 1 :: else fi;
  if :: HAS(group, ERASE) -> destroying = 5 :: else fi;
  if :: HAS(group, RECEIPT) -> destroying = 0; g_gone = true; check_old_root_is_gone() :: else fi
}

inline crash() {
  up = DOWN; floor = 0; trusted = false; queued = 0; queued_erase = false; queued_receipt = false; stale = 0;
  step = IDLE; group = 0; narrowed = 0; writes = 0; flips = false; root_is_new = false; destroying = 0;
  key_was_gone = false; restored_up_to = 0; reapplied = 0; continued = false; unanchored = false; seen_none = 0
}

/* One change of the batch, judged against what the changes before it wrote. */
inline admit(call) {
  found = true; /* its conditions hold */
  if
  :: HAS(queued, call) && call < ERASE ->
#ifdef BUG_CHECK_THEN_ACT
     if
     :: HAS(stale, call) && !(HAS(ON_RELEASE, call) && !(HAS(seen_none, call) && store.release != 0)) -> found = false
     :: else
     fi;
#else
     if :: HAS(stale, call) -> found = false :: else fi;
#endif
#ifndef BUG_JUDGED_BEFORE
     if :: HAS(ON_RELEASE, call) && NOW >= DEADLINE -> found = false :: else fi;
#endif
     if
     :: found && store.sequence < LAST_SEQUENCE ->
        append_entry();
        group = group | BIT(call);
        if
        :: call == GRANT -> store.consent = GRANTED; stale = stale | (queued & ON_CONSENT)
        :: HAS(ON_RELEASE, call) ->
           assert(!g_withdrawn && !g_gone && store.person);     /* P1, P2 */
           assert(store.consent == GRANTED);                     /* P1 */
           assert(floor < DEADLINE && !g_late_start && !g_late_answer); /* P1: the deadline */
           if
           :: store.release == 0 || HAS(seen_none, call) ->
              assert(store.release == 0);                        /* P4 */
              g_releases++; store.release = g_releases;
#ifndef BUG_ORDER_OUTSIDE_BATCH
              stale = stale | (queued & seen_none)
#endif
           :: else
           fi;
           store.answers[call - RELEASE_A] = store.sequence
        :: call == WITHDRAW ->
           store.consent = WITHDRAWN; stale = stale | (queued & ON_CONSENT);
           store.narrowing[BY_WITHDRAWAL] = store.sequence; narrowed = narrowed | BIT(BY_WITHDRAWAL)
        :: call == SHOW -> store.shown = true; store.nonce = true; stale = stale | (queued & ON_PERSON)
        :: call == HIDE ->
           store.shown = false; stale = stale | (queued & ON_PERSON);
           store.bar = (NOW + 1 > act_at -> NOW + 1 : act_at);
           store.narrowing[BY_HIDING] = store.sequence; narrowed = narrowed | BIT(BY_HIDING)
        :: call == MARK -> store.erasure = DESTROYING
        fi
     :: else
     fi
  :: else
  fi
}
inline begin_batch(calls) {
  taken = calls;
  look_at_the_clock();
  group = 0; narrowed = 0
}
inline end_batch() {
  queued = queued & ~taken; stale = stale & queued; seen_none = seen_none & queued;
  if
  :: group == 0 -> step = IDLE
#ifdef BUG_JOURNAL_AFTER_ANSWER
  :: group != 0 -> step = ANCHOR
#else
  :: group != 0 && narrowed != 0 -> step = JOURNAL
  :: group != 0 && narrowed == 0 -> step = ANCHOR
#endif
  fi;
  if :: up == SERVING -> check_serving() :: else fi
}

/* t: the kind of the act with the lowest sequence that the store has and the journal lacks; KINDS: none */
inline find_unjournaled() {
  t = KINDS; i = 0;
  other = (journal[0] > journal[1] -> journal[0] : journal[1]);
  other = (other > journal[2] -> other : journal[2]);
  do
  :: i < KINDS ->
#ifdef BUG_JOURNAL_BY_HIGHEST
     if
     :: store.narrowing[i] > other && (t == KINDS || store.narrowing[i] < best) -> t = i; best = store.narrowing[i]
#else
     if
     :: store.narrowing[i] > journal[i] && (t == KINDS || store.narrowing[i] < best) -> t = i; best = store.narrowing[i]
#endif
     :: else
     fi;
     i++
  :: else -> break
  od
}

inline journal_act(kind) {
  if :: journal[kind] < store.narrowing[kind] -> journal[kind] = store.narrowing[kind] :: else fi;
  if :: kind == BY_HIDING && journal_bar < store.bar -> journal_bar = store.bar :: else fi
}

/* found: the tree's database fits the root that the anchor holds; an interrupted destruction is settled */
inline settle_tree(with_new_root) {
  found = true;
  if
  :: tree == BOTH_TREES -> tree = (with_new_root -> NEW_TREE : OLD_TREE)
  :: tree == OLD_TREE && with_new_root -> found = false
  :: tree == NEW_TREE && !with_new_root -> found = false
  :: else
  fi
}

#define ROOM (store.sequence < LAST_SEQUENCE - 2)
#define IDLE_CALL(call) (up == SERVING && ROOM && !HAS(queued, call) && !HAS(group, call))

active proctype World() {
  d_step {
    store.person = true; store.consent = INITIAL_CONSENT;
    store.shown = INITIALLY_SHOWN; store.nonce = INITIALLY_SHOWN; act_at = INITIALLY_SHOWN;
    i = 0;
    do
#ifdef BUG_ONE_SLOT
    :: i < 2 * MIRRORS -> slots[i].whole = (i == 0); slots[i].age = 3; i++
#else
    :: i < 2 * MIRRORS -> slots[i].whole = true; slots[i].age = 3; i++
#endif
    :: else -> break
    od
  }
end:
  do
  /* ---- time ---- */
  :: d_step { clock < LAST_TIME -> printf("time passes\n"); clock++; if :: wall < LAST_TIME -> wall++ :: else fi }
  :: d_step { jumps < JUMPS && wall != 0 -> printf("the wall clock falls back\n"); jumps++; wall = 0 }
  :: d_step { jumps < JUMPS && wall != LAST_TIME -> printf("the wall clock leaps forward\n"); jumps++; wall = LAST_TIME }
  :: d_step { up == SERVING && !trusted -> printf("the clock is checked\n"); wall = clock; trusted = true; look_at_the_clock() }

#if RELEASES
  /* ---- consent and release ---- */
  :: d_step { IDLE_CALL(GRANT) && trusted && store.person && store.consent == REQUESTED && destroying < 2 -> printf("a grant is staged\n");
       look_at_the_clock();
       if :: NOW < DEADLINE -> queued = queued | BIT(GRANT) :: else fi }
#ifdef BUG_UNCHECKED_RELEASES
#define CLOCK_ALLOWS true
#else
#define CLOCK_ALLOWS trusted
#endif
#define STAGE_RELEASE(call) \
  :: d_step { IDLE_CALL(call) && CLOCK_ALLOWS && store.person && store.consent == GRANTED && destroying < 2 && \
              store.answers[call - RELEASE_A] == 0 && NOW < DEADLINE -> printf("a release is staged\n"); \
       look_at_the_clock(); \
       queued = queued | BIT(call); \
       if :: store.release == 0 -> seen_none = seen_none | BIT(call) :: else fi }
  STAGE_RELEASE(RELEASE_A)
  STAGE_RELEASE(RELEASE_B)
  :: d_step { IDLE_CALL(WITHDRAW) && store.person && store.consent == GRANTED && destroying < 2 -> printf("a withdrawal is staged\n");
       queued = queued | BIT(WITHDRAW) }
  /* the same call again is answered from its record, once the log's state reaches it */
#define REPEAT_RELEASE(call) \
  :: d_step { IDLE_CALL(call) && trusted && store.person && store.consent == GRANTED && destroying < 2 && \
              store.answers[call - RELEASE_A] != 0 && NOW < DEADLINE && g_release != store.release -> printf("a release is answered again\n"); \
       promise(store.answers[call - RELEASE_A]); tell_release() }
  REPEAT_RELEASE(RELEASE_A)
  REPEAT_RELEASE(RELEASE_B)
  :: d_step { IDLE_CALL(WITHDRAW) && store.narrowing[BY_WITHDRAWAL] != 0 && !g_withdrawn -> printf("the withdrawal is answered again\n");
       promise(store.narrowing[BY_WITHDRAWAL]); g_withdrawn = true; check_serving() }
#endif

#if SHOWING
#ifdef BUG_OLD_GRANT
#define NOT_OUTLIVED true
#else
#define NOT_OUTLIVED (act_at > store.bar)
#endif
  /* ---- being shown: a signed act, which the portal can hold back and send again ---- */
  :: d_step { up == SERVING && act_at == 0 && store.person -> printf("the person signs to be shown\n"); act_at = NOW + 1 }
  :: d_step { IDLE_CALL(SHOW) && act_at != 0 && store.person && destroying < 2 && !store.nonce &&
              act_at + FRESH >= NOW + 1 && act_at <= NOW + 1 + FRESH && NOT_OUTLIVED -> printf("being shown is staged\n");
       queued = queued | BIT(SHOW) }
  :: d_step { IDLE_CALL(HIDE) && store.person && store.shown && destroying < 2 -> printf("hiding is staged\n"); queued = queued | BIT(HIDE) }
  :: d_step { IDLE_CALL(HIDE) && store.narrowing[BY_HIDING] != 0 && !g_hidden -> printf("the hiding is answered again\n");
       promise(store.narrowing[BY_HIDING]); g_hidden = true; check_serving() }
#endif

#if ERASING
  /* ---- destruction ---- */
  :: d_step { IDLE_CALL(MARK) && store.person && store.erasure == NO_REQUEST && destroying == 0 -> printf("a destruction is marked (staged)\n");
       queued = queued | BIT(MARK) }
  :: d_step { up != DOWN && destroying == 1 && step == IDLE -> printf("intent and copied nodes\n"); /* intent and copied nodes */
       key_was_gone = (tree == NEW_TREE);
       if :: tree == OLD_TREE -> tree = BOTH_TREES :: else fi;
       destroying = 2 }
  :: d_step { destroying == 2 -> printf("the tree's copy\n"); /* a tree that opens under either root, beside the backups */
#ifndef BUG_TREE_COPY_LATE
       tree_copy = tree;
#endif
       destroying = 3 }
  :: d_step { destroying == 3 -> printf("the erasure is staged\n"); queued_erase = true; destroying = 4 }
  :: d_step { destroying == 5 -> printf("old nodes deleted\n"); tree = NEW_TREE; destroying = 6 }
  :: d_step { destroying == 6 -> printf("the receipt is staged\n"); queued_receipt = true; destroying = 7 }
  :: d_step { step == IDLE && queued_erase && store.sequence < LAST_SEQUENCE -> printf("BATCH of the erasure\n"); /* alone in its batch */
       look_at_the_clock();
       append_entry(); forget_person();
       stale = queued & (ON_CONSENT | ON_PERSON);
       store.narrowing[BY_ERASURE] = store.sequence; narrowed = BIT(BY_ERASURE);
       group = BIT(ERASE); queued_erase = false; step = JOURNAL;
#ifndef BUG_ROOT_KEPT
       flips = !key_was_gone;
#endif
#ifdef BUG_COMPLETE_BEFORE_FLIP
       tree = NEW_TREE;
#endif
       }
  :: d_step { step == IDLE && queued_receipt && store.sequence < LAST_SEQUENCE -> printf("BATCH of the receipt\n");
       look_at_the_clock();
       append_entry(); forget_person(); store.erasure = DONE;
       group = BIT(RECEIPT); queued_receipt = false; step = ANCHOR }
#endif

  /* ---- the pipeline: one batch, the journal, the anchor, the answers ---- */
#ifdef BUG_ANCHOR_BEFORE_BATCH
  :: d_step { step == IDLE && queued != 0 -> writes = 0;
       write_slot(store.sequence + 1, branch); writes = 0; step = BATCH_AFTER }
#define MAY_BATCH (step == BATCH_AFTER)
#else
#define MAY_BATCH (step == IDLE && queued != 0 && up != DOWN)
#endif
/* Of the calls that have staged something, one or two have reached the queue when the leader looks. */
#define ONE(a) \
  :: d_step { MAY_BATCH && HAS(queued, a) -> printf("BATCH: %d\n", a); begin_batch(BIT(a)); \
       admit(a); end_batch() }
#define TWO(a, b) \
  :: d_step { MAY_BATCH && HAS(queued, a) && HAS(queued, b) -> printf("BATCH: %d %d\n", a, b); \
       begin_batch(BIT(a) | BIT(b)); admit(a); admit(b); end_batch() }
#define BOTH_WAYS(a, b) TWO(a, b) TWO(b, a)
#if RELEASES
  ONE(GRANT) ONE(RELEASE_A) ONE(RELEASE_B) ONE(WITHDRAW)
  BOTH_WAYS(RELEASE_A, RELEASE_B)
  BOTH_WAYS(RELEASE_A, WITHDRAW)
  BOTH_WAYS(RELEASE_B, WITHDRAW)
#endif
#if SHOWING
  ONE(SHOW) ONE(HIDE)
  BOTH_WAYS(SHOW, HIDE)
#endif
#if ERASING
  ONE(MARK)
#endif
#if RELEASES && SHOWING
  BOTH_WAYS(WITHDRAW, HIDE)
  TWO(RELEASE_A, HIDE) TWO(SHOW, WITHDRAW)
#endif
#if RELEASES && ERASING
  TWO(RELEASE_A, MARK) TWO(MARK, WITHDRAW)
#endif
  :: d_step { step == JOURNAL || step == LATE_JOURNAL -> printf("an act into the JOURNAL\n");
       if
       :: HAS(narrowed, BY_WITHDRAWAL) && !(HAS(narrowed, BY_HIDING) &&
            store.narrowing[BY_HIDING] < store.narrowing[BY_WITHDRAWAL]) ->
          journal_act(BY_WITHDRAWAL); narrowed = narrowed & ~BIT(BY_WITHDRAWAL)
       :: HAS(narrowed, BY_HIDING) && !(HAS(narrowed, BY_WITHDRAWAL) &&
            store.narrowing[BY_WITHDRAWAL] < store.narrowing[BY_HIDING]) ->
          journal_act(BY_HIDING); narrowed = narrowed & ~BIT(BY_HIDING)
       :: HAS(narrowed, BY_ERASURE) -> journal_act(BY_ERASURE); narrowed = narrowed & ~BIT(BY_ERASURE)
       :: else
       fi;
       if
       :: narrowed == 0 && step == JOURNAL -> step = ANCHOR
       :: narrowed == 0 && step == LATE_JOURNAL -> step = IDLE; group = 0
       :: else
       fi }
#ifdef BUG_ANSWER_BEFORE_ANCHOR
  :: d_step { step == ANCHOR && up == SERVING && writes == 0 && !flips && group != 0 ->
       answer_group(); group = 0 }
#endif
  :: d_step { step == ANCHOR && (up == SERVING || up == RECOVERING) -> printf("an ANCHOR slot\n");
       write_slot(store.sequence, HEAD(store, store.sequence));
       if
       :: ALL_WRITTEN ->
          if :: flips -> root_is_new = true :: else fi;
          writes = 0; flips = false;
          answer_group();
#ifdef BUG_JOURNAL_AFTER_ANSWER
          if :: narrowed != 0 -> step = LATE_JOURNAL :: else -> step = IDLE; group = 0 fi
#else
          step = IDLE; group = 0
#endif
       :: else
       fi }

  /* ---- backups, images, crashes ---- */
  :: d_step { up == SERVING && images < IMAGES -> printf("a backup, an image\n");
       images++; image_taken = true; copy_data(image, store); image_tree = tree; tree_copy = tree;
#ifdef BUG_RESTORED_FLOOR
       image_floor = floor;
#endif
#ifdef ROLLED_ANCHOR
       find_best();
       image_slot.whole = true; image_slot.age = slots[best].age; image_slot.sequence = slots[best].sequence;
       image_slot.branch = slots[best].branch; image_slot.floor = slots[best].floor;
       image_slot.new_root = slots[best].new_root;
       image_journal[0] = journal[0]; image_journal[1] = journal[1]; image_journal[2] = journal[2];
       image_journal_bar = journal_bar;
#endif
       }
  :: d_step { up == SERVING && step == IDLE && queued == 0 && destroying == 0 -> printf("stop\n"); crash() }
  :: d_step { up != DOWN && crashes < CRASHES -> printf("CRASH\n"); crashes++; crash() }
  :: d_step { up != DOWN && crashes < CRASHES && step == ANCHOR -> printf("CRASH in the middle of a slot\n"); /* in the middle of a slot */
       crashes++;
#if MIRRORS == 2
       find_target(writes % 2);
#else
       find_target(0);
#endif
       slots[target].whole = false;
       crash() }

  /* ---- start ---- */
#ifdef BUG_NO_RECOVERY
#define MAY_START true
#else
#define MAY_START (t == KINDS)
#endif
  :: d_step { up == DOWN && !sealed -> printf("start\n");
       find_best();
       found = (best < 2 * MIRRORS);
#ifndef BUG_OLD_STORE_SERVED
       if
       :: found -> found = (store.sequence >= slots[best].sequence) &&
            (slots[best].sequence == 0 || HEAD(store, slots[best].sequence) == slots[best].branch)
       :: else
       fi;
#endif
       if :: found -> settle_tree(slots[best].new_root) :: else fi;
       assert(found || g_raw || interrupted); /* P9: a crash alone never leaves it sealed */
       if
       :: found ->
          up = RECOVERING; floor = slots[best].floor; root_is_new = slots[best].new_root;
#ifndef BUG_NO_ANCHOR_AT_START
          unanchored = (store.sequence != slots[best].sequence);
#if MIRRORS == 2
#ifndef BUG_MIRROR_BEHIND
          /* a mirror that a crash left behind, or that was put back */
          if
          :: !(slots[0].whole && slots[0].age == slots[best].age) &&
             !(slots[1].whole && slots[1].age == slots[best].age) -> unanchored = true
          :: !(slots[2].whole && slots[2].age == slots[best].age) &&
             !(slots[3].whole && slots[3].age == slots[best].age) -> unanchored = true
          :: else
          fi;
#endif
#endif
#endif
          g_late_start = (clock >= DEADLINE)
       :: else -> sealed = true
       fi }
  :: d_step { up == RECOVERING && step == IDLE && destroying == 0 -> printf("recovery\n");
       find_unjournaled();
       if
#ifndef BUG_NO_RECOVERY
       :: t < KINDS -> journal_act(t); unanchored = true
#endif
       :: MAY_START && unanchored -> unanchored = false; step = ANCHOR
       :: MAY_START && !unanchored && store.erasure == DESTROYING -> destroying = 1
       :: MAY_START && !unanchored && store.erasure != DESTROYING ->
          up = SERVING; check_serving();
          if :: store.erasure == DONE -> check_old_root_is_gone() :: else fi
       fi }

  /* ---- an image of the data disk is put in place, with no word to the service ---- */
  :: d_step { up == DOWN && image_taken && raws < RAWS && branch < LAST_BRANCH -> printf("an OLD IMAGE is put in place\n");
       raws++; branch++; g_raw = true; copy_data(store, image); tree = image_tree;
#ifdef ROLLED_ANCHOR
       slots[0].whole = true; slots[0].age = image_slot.age; slots[0].sequence = image_slot.sequence;
       slots[0].branch = image_slot.branch; slots[0].floor = image_slot.floor;
       slots[0].new_root = image_slot.new_root;
       slots[1].whole = true; slots[1].age = image_slot.age; slots[1].sequence = image_slot.sequence;
       slots[1].branch = image_slot.branch; slots[1].floor = image_slot.floor;
       slots[1].new_root = image_slot.new_root;
#if MIRRORS == 1
       journal[0] = image_journal[0]; journal[1] = image_journal[1]; journal[2] = image_journal[2];
       journal_bar = image_journal_bar;
#endif
#endif
       sealed = false; interrupted = false }

  /* ---- noren backup restore ---- */
  :: d_step { up == DOWN && image_taken && restores < RESTORES && branch < LAST_BRANCH -> printf("RESTORE\n");
       restores++; branch++; sealed = false; interrupted = true; copy_data(store, image);
       find_best();
       found = (best < 2 * MIRRORS);
       if :: found -> settle_tree(slots[best].new_root) :: else fi;
       assert(found || g_raw);
       if
       :: found -> up = RESTORING; floor = slots[best].floor; root_is_new = slots[best].new_root;
          restored_up_to = store.sequence; reapplied = 0; continued = false;
#ifdef BUG_RESTORED_FLOOR
          floor = image_floor;
#endif
       :: else -> sealed = true
       fi }
  :: d_step { up == DOWN && image_taken && restores < RESTORES && branch < LAST_BRANCH && tree != tree_copy -> printf("RESTORE on a new disk\n");
       /* the data disk is gone: the tree is the copy beside the backups */
       restores++; branch++; sealed = false; interrupted = true;
       copy_data(store, image); tree = tree_copy;
       find_best();
       found = (best < 2 * MIRRORS);
       if :: found -> settle_tree(slots[best].new_root) :: else fi;
       assert(found || g_raw); /* P10: a backup can be restored */
       if
       :: found -> up = RESTORING; floor = slots[best].floor; root_is_new = slots[best].new_root;
          restored_up_to = store.sequence; reapplied = 0; continued = false;
#ifdef BUG_RESTORED_FLOOR
          floor = image_floor;
#endif
       :: else -> sealed = true
       fi }
  :: d_step { up == RESTORING && !continued && step == IDLE -> printf("the log goes on\n"); /* the log goes on after what is lost */
       find_best();
       continued = true;
       if
       :: restored_up_to < slots[best].sequence ->
          /* what was acknowledged is in the image, or in the range that is declared lost */
          assert(g_promised <= slots[best].sequence || HEAD(store, g_promised) == g_promised_branch); /* P7 */
          if
          :: g_promised > restored_up_to || HEAD(store, g_promised) != g_promised_branch ->
             g_promised = 0; g_promised_branch = 0;
             if :: store.release == 0 -> g_release = 0 :: else fi
          :: else
          fi;
          store.sequence = slots[best].sequence; append_entry();
#ifdef BUG_ANCHOR_NOT_HELD
          writes = 0; write_slot(store.sequence, HEAD(store, store.sequence)); writes = 0
#endif
       :: else -> /* nothing is lost, or this is not the store that the anchor knows: try again */
          if
          :: slots[best].sequence != 0 && HEAD(store, slots[best].sequence) != slots[best].branch -> crash()
          :: else
          fi
       fi }
  :: d_step { up == RESTORING && continued && reapplied < KINDS && store.sequence < LAST_SEQUENCE -> printf("an act is applied again\n");
#ifndef BUG_NOT_REAPPLIED
       if
       :: journal[reapplied] > restored_up_to ->
          if
          :: reapplied == BY_WITHDRAWAL && store.consent != ABSENT && store.consent != WITHDRAWN ->
             store.consent = WITHDRAWN; append_entry()
          :: reapplied == BY_HIDING && store.person ->
             store.shown = false; append_entry();
             if :: store.bar < journal_bar -> store.bar = journal_bar :: else fi
          :: reapplied == BY_ERASURE ->
             forget_person(); append_entry();
#ifdef BUG_ERASURE_CLOSED_BY_RESTORE
             if :: store.erasure != NO_REQUEST -> store.erasure = DONE :: else fi
#else
             store.erasure = (root_is_new -> (store.erasure == NO_REQUEST -> NO_REQUEST : DONE) : DESTROYING)
#endif
          :: else
          fi
       :: else
       fi;
#endif
       reapplied++ }
  :: d_step { up == RESTORING && continued && reapplied == KINDS && step == IDLE -> printf("all acts applied\n"); step = ANCHOR; writes = 0 }
  :: d_step { up == RESTORING && step == ANCHOR -> printf("the held ANCHOR is written\n"); /* only now the anchor that was held back */
       find_best();
       if
       :: restored_up_to >= slots[best].sequence && store.sequence == restored_up_to -> crash(); interrupted = false /* nothing to write */
       :: else ->
          write_slot(store.sequence, HEAD(store, store.sequence));
          if :: ALL_WRITTEN -> crash(); interrupted = false :: else fi
       fi }
  od
}
