package subscription

import "kassa/domain"

// Refusals this aggregate can give. Those of eligibility are in domain.
var (
	ErrUnknown   = &domain.Error{Kind: domain.NotFound, Code: "subscription_unknown", Message: "There is no such subscription. Check its id."}
	ErrEnded     = domain.Refuse("subscription_ended", "This subscription has ended, so its licences cannot be assigned. Buy a new one.")
	ErrSuspended = domain.Refuse("subscription_suspended", "This subscription is suspended until it is paid, so its licences cannot be assigned. Pay the bill that is open, or ask whoever bought it to.")
	ErrNotActive = domain.Refuse("subscription_not_active", "Only an active subscription can be changed. Reactivate it, or buy a new one.")
	ErrNotEnded  = domain.Refuse("subscription_not_ended", "This subscription has not ended, so there is nothing to reactivate. Use it as it is.")
	ErrDeleted   = domain.Refuse("subscription_deleted", "This subscription is deleted and cannot come back. Buy a new one.")

	ErrNoSeat        = &domain.Error{Kind: domain.Conflict, Code: "no_seat", Message: "Every licence of this subscription is assigned. Unassign one or buy more."}
	ErrSeats         = &domain.Error{Kind: domain.Invalid, Code: "seats_invalid", Message: "Say how many licences: at least one."}
	ErrTooManySeats  = &domain.Error{Kind: domain.Invalid, Code: "seats_too_many", Message: "That is more licences than one subscription may have. Ask for fewer."}
	ErrLastSeat      = domain.Refuse("last_seat", "A subscription has at least one licence. Cancel it, or turn recurring billing off, if none is needed.")
	ErrSeatsAssigned = &domain.Error{Kind: domain.Conflict, Code: "seats_assigned", Message: "More licences are assigned than would be left. Unassign some first."}
	ErrNoReduction   = &domain.Error{Kind: domain.Invalid, Code: "not_a_reduction", Message: "That is not fewer licences than there are. Give a smaller number, or buy more now."}
	ErrSeatsSettled  = domain.Refuse("reduction_window_closed", "Licences can be given back for a refund only within seven days of paying for them. Remove them from the next term instead.")
	ErrNoChange      = &domain.Error{Kind: domain.NotFound, Code: "scheduled_change_unknown", Message: "No such change is scheduled. Look at the subscription again."}
	ErrBillingOff    = domain.Refuse("recurring_billing_off", "Licences can be removed only while recurring billing is on. Turn it on first.")
	ErrWindowClosed  = domain.Refuse("cancel_window_closed", "A subscription can be cancelled for a refund only within seven days of its start or renewal. Turn recurring billing off instead: everything works until the term ends, and no other is charged.")
	ErrReason        = &domain.Error{Kind: domain.Invalid, Code: "cancel_reason_unknown", Message: "Give one of the listed reasons to cancel. Anything else belongs into the feedback."}
	ErrFeedback      = &domain.Error{Kind: domain.Invalid, Code: "feedback_id_invalid", Message: "Give the id of the feedback, never its text."}

	ErrCreditReason   = &domain.Error{Kind: domain.Invalid, Code: "credit_reason_unknown", Message: "Give the reason as goodwill, outage or billing_error."}
	ErrCreditAmount   = &domain.Error{Kind: domain.Invalid, Code: "credit_amount_invalid", Message: "Give an amount above zero, in the currency of the bill."}
	ErrCreditTooLarge = domain.Refuse("credit_too_large", "That is more than what is left of what was paid for this bill. Give less back.")
	ErrNotPaid        = domain.Refuse("bill_not_paid", "No card was charged for this bill, so there is nothing to give back. Check its number.")

	ErrNoTrial       = domain.Refuse("not_a_trial", "This subscription is no trial, or not any more. Use it as it is.")
	ErrTrialOver     = domain.Refuse("trial_over", "This trial is over and cannot be brought back. Buy the product instead; for thirty days after its end the trial can still be converted.")
	ErrTrialExtended = domain.Refuse("trial_extended", "This trial was extended before, and that is possible once. Convert it to go on after its end.")
	ErrTrialEarly    = domain.Refuse("trial_extension_too_early", "A trial can be extended only in the fifteen days before its end. Try again then.")
	ErrTrialSeats    = domain.Refuse("trial_unchangeable", "A trial keeps the licences that it began with. Convert it to change how many there are.")
	ErrTrialFree     = domain.Refuse("trial_without_payment_method", "This trial needs no payment method and never becomes paid by itself. Convert it instead.")
	ErrNoCard        = domain.Refuse("card_missing", "There is no card to charge. Give one.")

	ErrNothingToPay     = &domain.Error{Kind: domain.Conflict, Code: "nothing_to_pay", Message: "There is no unpaid term that could still be paid. Look at your bills; what has ended can be reactivated."}
	ErrChargePending    = &domain.Error{Kind: domain.Conflict, Code: "charge_pending", Message: "A payment for this subscription is under way. Try again once it is done."}
	ErrChargeUnexpected = &domain.Error{Kind: domain.Conflict, Code: "charge_unexpected", Message: "No such payment is awaited. Look at the subscription again."}
	ErrRefundUnexpected = &domain.Error{Kind: domain.Conflict, Code: "refund_unexpected", Message: "No such refund is owed. Look at the subscription again."}

	ErrPayer        = &domain.Error{Kind: domain.Internal, Code: "payer_not_purchaser", Message: "Whoever buys by themselves pays, and the organisation pays for the rest. Contact support."}
	ErrDataOwner    = &domain.Error{Kind: domain.Internal, Code: "data_owner_not_tenant", Message: "The organisation owns the data. Contact support."}
	ErrMalformed    = &domain.Error{Kind: domain.Internal, Code: "subscription_malformed", Message: "A subscription needs an id, at least one seat and a term that ends after it starts. Contact support."}
	ErrRequest      = &domain.Error{Kind: domain.Internal, Code: "subscription_request_malformed", Message: "What is asked of a subscription needs an id and its billing zone; more licences need a verdict, and a decline needs its reason. Contact support."}
	ErrChargeAmount = &domain.Error{Kind: domain.Internal, Code: "charge_amount_mismatch", Message: "The amount charged is not the amount that was asked for. Contact support."}
	ErrRefundAmount = &domain.Error{Kind: domain.Internal, Code: "refund_amount_mismatch", Message: "The amount paid back is not the amount that is owed. Contact support."}
)
