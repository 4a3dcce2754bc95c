"""What is done to the service. A fault is a function below `@fault`; it does its harm, waits, undoes it, and says whether it hit
anything:

    @fault("stop of a worker")
    def stop_worker(house, dice, pause):
        x = dice.choice(SERVERS)
        with house.workers[x].lock:
            os.kill(house.workers[x].pid, signal.SIGSTOP)
            pause(dice.uniform(1, 8))
            os.kill(house.workers[x].pid, signal.SIGCONT)
        return True

`dice` is the fault's own random.Random: all that it decides comes from the seed. `pause(seconds)` ends early where the time of all
faults is over. Several faults may be under way at a time.
"""

import os
import signal

import disk
from house import SERVERS
from processes import children_named

FAULTS = {}      # name → function
LEFT_OUT = {}    # name → why this machine cannot have it


def fault(name, missing=lambda house: ""):
    """`missing` says why the fault cannot be had here; nothing where it can."""
    def add(function):
        FAULTS[name] = function
        function.missing = missing
        return function
    return add


def usable(house):
    """Names of the faults that this machine can have."""
    for name, function in FAULTS.items():
        if why := function.missing(house):
            LEFT_OUT[name] = why
    return [name for name in FAULTS if name not in LEFT_OUT]


# kill -9.

@fault("kill server")
def kill_server(house, dice, pause):
    x = dice.choice(SERVERS)
    with house.servers[x].lock:
        hit = house.servers[x].is_running()
        if hit:
            house.servers[x].kill()
            pause(dice.uniform(0, 4))
        house.start_server(x)
    return hit


@fault("kill worker")
def kill_worker(house, dice, pause):
    x = dice.choice(SERVERS)
    with house.workers[x].lock:
        hit = house.workers[x].is_running()
        if hit:
            house.workers[x].kill()
            pause(dice.uniform(0, 3))
        house.workers[x].start()
    return hit


def kill_some(find, dice, pause):
    """One of the processes that `find` finds, a moment after it was seen; waits for one where none runs just now."""
    for _ in range(100):
        if found := sorted(find()):
            pause(dice.uniform(0, 0.5))
            try:
                os.kill(dice.choice(found), signal.SIGKILL)
                return True
            except ProcessLookupError:
                continue
        if pause(0.1):
            break
    return False


def evaluators(house):
    return [pid for x in SERVERS for pid in children_named(house.workers[x].pid, "ventral-evaluate")]


@fault("kill evaluator")
def kill_evaluator(house, dice, pause):
    return kill_some(lambda: evaluators(house), dice, pause)


@fault("kill extractor")
def kill_extractor(house, dice, pause):
    """Of a job: a worker that starts has one, too, which only says how it can be sealed."""
    return kill_some(lambda: [pid for parent in evaluators(house) for pid in children_named(parent, "ventral-extract")], dice, pause)


@fault("kill PostgreSQL")
def kill_postgres(house, dice, pause):
    with house.postgres_lock:
        house.kill_postgres()
        pause(dice.uniform(0, 3))
        house.start_postgres()
    return True


# Links.

def some_link(house, dice, pause):
    """One that is in use; any, where none is."""
    for _ in range(20):
        if found := sorted(name for name, link in house.link.items() if link.open_connections):
            return house.link[dice.choice(found)]
        if pause(0.1):
            break
    return house.link[dice.choice(sorted(house.link))]


@fault("cut link")
def cut_link(house, dice, pause):
    link = some_link(house, dice, pause)
    hit = link.open_connections > 0
    link.cut()
    pause(dice.choice((0.2, 1, dice.uniform(2, 8))))
    link.heal()
    return hit


@fault("hold link")
def hold_link(house, dice, pause):
    link = some_link(house, dice, pause)
    hit = link.open_connections > 0
    link.hold()
    pause(dice.uniform(1, 10))
    link.heal()
    return hit


@fault("slow link")
def slow_link(house, dice, pause):
    link = some_link(house, dice, pause)
    hit = link.open_connections > 0
    link.slow(dice.uniform(0.02, 0.3), dice.choice((5_000, 50_000, 500_000)))
    pause(dice.uniform(3, 10))
    link.heal()
    return hit


@fault("half-closed link")
def half_closed_link(house, dice, pause):
    link = some_link(house, dice, pause)
    hit = link.open_connections > 0
    link.half_close()
    pause(1)
    return hit


# Full disks.

def full_disk(house, dice, pause, name):
    hit = house.disks[name].fill()
    pause(dice.uniform(2, 6))
    house.disks[name].free()
    return hit


def no_disk(house):
    return "" if all(one.is_real for one in house.disks.values()) else disk.available or "tmpfs cannot be mounted"


@fault("full disk: blobs", no_disk)
def full_blobs(house, dice, pause):
    return full_disk(house, dice, pause, "blobs")


@fault("full disk: worker", no_disk)
def full_cache(house, dice, pause):
    return full_disk(house, dice, pause, f"cache-{dice.choice(SERVERS)}")


@fault("full disk: PostgreSQL", no_disk)
def full_postgres(house, dice, pause):
    """PostgreSQL ends itself where it cannot write its log; then it is started again, when there is room."""
    with house.postgres_lock:
        hit = full_disk(house, dice, pause, "postgres")
        house.start_postgres()
    return hit


# Clocks.

@fault("clock jump", lambda house: "" if house.clock.is_real else "libfaketime is not installed (Debian: faketime)")
def jump_clock(house, dice, pause):
    """Of server b; shorter than the time that jobs have to settle, which must wait until the later clock."""
    house.clock.jump(dice.choice((-1, 1)) * dice.randint(2, 40))
    pause(dice.uniform(3, 8))
    house.clock.jump(0)
    return True


# Stops that are not the end.

@fault("frozen program")
def freeze(house, dice, pause):
    """SIGSTOP: alive to the system, dead to the others, and back with all that it held."""
    program = {**{f"s{x}": house.servers[x] for x in SERVERS}, **{f"w{x}": house.workers[x] for x in SERVERS}}[
        dice.choice("sw") + dice.choice(SERVERS)]
    with program.lock:
        if not program.is_running():
            return False
        os.kill(program.pid, signal.SIGSTOP)
        pause(dice.uniform(1, 9))
        os.kill(program.pid, signal.SIGCONT)
    return True


@fault("orderly restart")
def restart(house, dice, pause):
    x, kind = dice.choice(SERVERS), dice.choice(("servers", "workers"))
    program = getattr(house, kind)[x]
    with program.lock:
        hit = program.is_running() and program.stop() == 0
        house.start_server(x) if kind == "servers" else program.start()
    return hit
