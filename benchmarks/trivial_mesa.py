"""The yardstick: 30 clients and 10 keyworkers who live 180 days by next to no rule, as a plain Mesa model.

It uses only what works in Mesa 3.3, 3.5 and 4, collects nothing, and draws from Python's own generator, which is the
faster of Mesa's two: whoever is to be faster than this shall not be faster than a straw man.
"""

from __future__ import annotations

import mesa

CLIENTS, KEYWORKERS, DAYS = 30, 10, 180


class Keyworker(mesa.Agent):
    """A keyworker, more or less warm."""

    def __init__(self, model: Trivial, warmth: float) -> None:
        super().__init__(model)
        self.warmth = warmth


class Client(mesa.Agent):
    """A client, who trusts the keyworker more or less."""

    def __init__(self, model: Trivial, keyworker: Keyworker) -> None:
        super().__init__(model)
        self.keyworker = keyworker
        self.trust = 0.0

    def meet(self) -> None:
        """Trust moves a tenth of the way to the keyworker's warmth, with some luck; warmth a little toward trust."""
        keyworker = self.keyworker
        self.trust += 0.1 * (keyworker.warmth + self.random.random() - 0.5 - self.trust)
        keyworker.warmth += 0.01 * (self.trust - keyworker.warmth)


class Trivial(mesa.Model):
    """A centre whose clients all meet their keyworkers every day, in random order."""

    def __init__(self, seed: int) -> None:
        super().__init__(rng=seed)
        keyworkers = list(Keyworker.create_agents(self, KEYWORKERS, [self.random.random() for _ in range(KEYWORKERS)]))
        self.clients = Client.create_agents(self, CLIENTS, [keyworkers[i % KEYWORKERS] for i in range(CLIENTS)])

    def step(self) -> None:
        """One day."""
        self.clients.shuffle_do("meet")


def live(seed: int) -> float:
    """Live one stay and free the model; returns the clients' mean trust at the end."""
    model = Trivial(seed)
    for _ in range(DAYS):
        model.step()
    trust = sum(client.trust for client in model.clients) / CLIENTS
    getattr(mesa.Agent, "_ids", {}).pop(model, None)  # or Mesa 3.3 never frees the model
    return float(trust)


if __name__ == "__main__":
    print(live(1))
