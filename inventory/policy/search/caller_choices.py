"""Caller choices: who signs a call and from which organization, or which service calls and for whom."""

from collections.abc import Sequence

from inventory.policy.requests import Caller, CallerKind, ContextValue
from inventory.policy.search import callers
from inventory.policy.search.globs import find
from inventory.policy.search.key_choices import KeyChoices
from inventory.policy.search.languages import Language
from inventory.policy.search.templates import Demand, Template, read


class CallerChoices(KeyChoices):
    """Chooses the caller, with all keys that must agree with it."""

    def _signer(self) -> tuple[Caller, dict[str, ContextValue]] | None:
        if not self._has_account():
            return None
        place = self._organization(callers.ORG_ID, callers.ORG_PATHS)
        if place is None:
            return None
        organization, path, context = place
        for kind in self.population.kinds:
            found = self._caller(kind)
            if found is not None:
                template, texts, keys = found
                caller = callers.caller_of(kind, template, texts, organization or None, path)
                return caller, context | keys
        return None

    def _has_account(self) -> bool:
        """Whether what is wanted of account and ARN leaves an account at all, whatever the kind of caller."""
        population = self.population
        fixed = population.account
        if not self._can_miss(callers.ACCOUNT):
            account = callers.any_account(fixed or self.setting.fresh_account, is_free=fixed is None)
            demands = [*self._demands(callers.ACCOUNT), *self._not_of(self.setting.accounts)]
            if find(account, demands, self.budget) is None:
                return False
        return self._can_miss(callers.ARN) or self._has_account_in(callers.ARN)

    def _has_account_in(self, arn_key: str) -> bool:
        """Whether the account of the population may stand in the ARNs that are wanted of a key, so far as they say."""
        fixed = self.population.account
        return all(
            any(each not in self.setting.accounts if fixed is None else each in ("", fixed) for each in accounts)
            for demand in self._demands(arn_key)
            if demand.is_inside and (accounts := demand.language.fifth_fields) is not None
        )

    def _caller(self, kind: CallerKind) -> tuple[Template, tuple[str, ...], dict[str, ContextValue]] | None:
        keys = [callers.ACCOUNT, callers.ARN, callers.USERID]
        if kind is CallerKind.USER:
            keys.append(callers.USERNAME)
        elif not self._can_miss(callers.USERNAME):
            return None
        flags = self._flags(kind)
        if flags is None:
            return None
        account = self.population.account
        demands = list(self.population.demands)
        if self.population.unique_id is None and self.setting.unique_ids:
            demands.append(Demand(callers.CALLER_ID, self._constant_ids(), False))
        for template in callers.templates(
            kind, self.setting.partition, account or self.setting.fresh_account, self.population.unique_id,
            is_account_free=account is None,
        ):  # fmt: skip
            found = self._of_stranger(template, keys, demands)
            if found is not None:
                return template, found[0], found[1] | flags
        return None

    def _of_stranger(
        self, template: Template, keys: Sequence[str], demands: Sequence[Demand]
    ) -> tuple[tuple[str, ...], dict[str, ContextValue]] | None:
        """Solve a template; one without a fixed account with an account that is neither named nor registered."""
        named, registered = self.setting.accounts, self.setting.registry.accounts
        found = self._with_keys(template, keys, [*demands, *self._not_of(named)])
        if found is None or self.population.account is not None:
            return found
        if read(template, found[0], callers.CALLER_ACCOUNT) not in registered:
            return found
        return self._with_keys(template, keys, [*demands, *self._not_of((*named, *registered))])

    def _not_of(self, accounts: Sequence[str]) -> list[Demand]:
        if self.population.account is not None:
            return []
        language = self.setting.language_of(f"{len(accounts)} accounts", accounts)
        return [Demand(callers.CALLER_ACCOUNT, language, False)]

    def _flags(self, kind: CallerKind) -> dict[str, ContextValue] | None:
        """The keys that say what kind of caller it is, where they are asked for."""
        context: dict[str, ContextValue] = {}
        for name, value in (
            ("aws:PrincipalType", callers.PRINCIPAL_TYPES.get(kind)),
            ("aws:PrincipalIsAWSService", "true" if kind is CallerKind.SERVICE else "false"),
        ):
            wanted = self.wanted.get(name)
            if wanted is None:
                continue
            if value is not None and wanted.can_be_present and self._meets(wanted, value):
                context[name] = value
            elif not wanted.can_be_absent:
                return None
        return context

    def _constant_ids(self) -> Language:
        return self.setting.language_of("unique ids", self.setting.unique_ids)

    # The organization.

    def _organization(self, id_key: str, paths_key: str) -> tuple[str, str, dict[str, ContextValue]] | None:
        """(organization or nothing, path or nothing, keys) that meet what is wanted."""
        for option in self.population.organizations:
            found = self._in_organization(option, id_key, paths_key)
            if found is not None:
                return found
        return None

    def _in_organization(
        self, option: str | None, id_key: str, paths_key: str
    ) -> tuple[str, str, dict[str, ContextValue]] | None:
        if option is None:
            is_possible = self._can_miss(id_key) and self._can_miss(paths_key)
            return ("", "", {}) if is_possible else None
        is_free = not option
        demands = []
        if is_free:
            constants = self.setting.language_of("organizations", self.setting.organizations)
            demands.append(Demand(id_key, constants, False))
        for template in callers.organizations(option or "o-a1b2c3d4e5", id_key, paths_key, is_free=is_free):
            found = self._with_keys(template, (id_key, paths_key), demands)
            if found is not None:
                texts, keys = found
                if paths_key in keys:
                    keys[paths_key] = (str(keys[paths_key]),)
                return read(template, texts, id_key), read(template, texts, paths_key), keys
        return None

    # What a service acts for.

    def _service(self) -> tuple[Caller, dict[str, ContextValue]] | None:
        flags = self._flags(CallerKind.SERVICE)
        named = self._service_name()
        source = self._source()
        place = self._organization("aws:SourceOrgID", "aws:SourceOrgPaths")
        if flags is None or named is None or source is None or place is None:
            return None
        if not self._can_miss("aws:PrincipalServiceNamesList"):
            wanted = self.wanted["aws:PrincipalServiceNamesList"]
            values = self._values(wanted)
            if values is None:
                return None
            flags["aws:PrincipalServiceNamesList"] = values
        return Caller(CallerKind.SERVICE, service=named[0]), {**named[1], **source, **place[2], **flags}

    def _service_name(self) -> tuple[str, dict[str, ContextValue]] | None:
        template = callers.service_names(self.population.service)
        own = [demand for demand in self.population.demands if demand.reader == "service"]
        found = self._with_keys(template, ("aws:PrincipalServiceName",), own)
        return None if found is None else (read(template, found[0], "service"), found[1])

    def _source(self) -> dict[str, ContextValue] | None:
        population = self.population
        if not self._can_miss(callers.SOURCE_ARN) and not self._has_account_in(callers.SOURCE_ARN):
            return None
        demands = [demand for demand in population.demands if demand.reader != "service"]
        if population.is_source_fresh:
            arns = self.setting.language_of(callers.SOURCE_ARN, self.setting.values_of(callers.SOURCE_ARN))
            demands.append(Demand(callers.SOURCE_ARN, arns, False))
        for template in callers.sources(
            self.setting.partition, population.account or self.setting.fresh_account,
            is_account_free=population.account is None,
        ):  # fmt: skip
            found = self._of_stranger(
                template, (callers.SOURCE_ACCOUNT, callers.SOURCE_ARN, callers.SOURCE_OWNER), demands
            )
            if found is not None:
                keys = found[1]
                if callers.SOURCE_OWNER not in self.wanted:
                    keys.pop(callers.SOURCE_OWNER, None)
                return keys
        return None
